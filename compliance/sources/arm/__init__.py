"""Azure Resource Manager: where logs are sent to, which stores hold them, how these keep and protect them."""
