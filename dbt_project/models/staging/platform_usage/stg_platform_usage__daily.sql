{{ staging('platform_usage/daily') }}
