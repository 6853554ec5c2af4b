printf 'FAILED\rPASSED\b\b\b\b\b\bPASSED\v\f\n'
