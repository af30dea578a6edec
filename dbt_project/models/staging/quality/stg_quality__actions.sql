{{ staging('quality/actions') }}
