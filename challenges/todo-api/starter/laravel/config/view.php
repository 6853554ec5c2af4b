<?php

// There are no pages; what makes responses looks for their folder all the same.
return ['paths' => [], 'compiled' => storage_path('framework/views')];
