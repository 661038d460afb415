"""Is access to mail recorded, in every mailbox and by whomever?"""
