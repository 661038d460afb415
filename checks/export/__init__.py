"""Do the logs leave the tenant, to a place where they last?"""
