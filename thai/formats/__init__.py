"""Django format modules that correct Django's own; named by the setting FORMAT_MODULE_PATH."""
