"""Who can change what is audited, and who reads it?"""
