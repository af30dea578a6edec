{{ config(enabled=connected('oneroster')) }}

-- every reference of the bundle leads to a row of the bundle
{{ unknown_reference('oneroster/orgs', 'sourced_id', 'parent_sourced_id', 'sourced_id', ref('stg_oneroster__orgs'), 'sourced_id', '上级机构', 'parent organisation') }}

union all

{{ unknown_reference('oneroster/academic_sessions', 'sourced_id', 'parent_sourced_id', '_slice', ref('stg_oneroster__academic_sessions'), 'sourced_id', '上级学期', 'parent session') }}

union all

{{ unknown_reference('oneroster/courses', 'sourced_id', 'school_year_sourced_id', 'org_sourced_id', ref('stg_oneroster__academic_sessions'), 'sourced_id', '学年', 'school year') }}

union all

{{ unknown_reference('oneroster/courses', 'sourced_id', 'org_sourced_id', 'org_sourced_id', ref('stg_oneroster__orgs'), 'sourced_id', '机构', 'organisation') }}

union all

{{ unknown_reference('oneroster/classes', 'sourced_id', 'course_sourced_id', 'school_sourced_id', ref('stg_oneroster__courses'), 'sourced_id', '课程', 'course') }}

union all

{{ unknown_reference('oneroster/classes', 'sourced_id', 'school_sourced_id', 'school_sourced_id', ref('stg_oneroster__orgs'), 'sourced_id', '学校', 'school') }}

union all

{{ unknown_reference('oneroster/classes', 'sourced_id', 'term_sourced_ids', 'school_sourced_id', ref('stg_oneroster__academic_sessions'), 'sourced_id', '学期', 'term') }}

union all

{{ unknown_reference('oneroster/users', 'sourced_id', 'org_sourced_ids', 'primary_org_sourced_id', ref('stg_oneroster__orgs'), 'sourced_id', '机构', 'organisation') }}

union all

{{ unknown_reference('oneroster/users', 'sourced_id', 'primary_org_sourced_id', 'primary_org_sourced_id', ref('stg_oneroster__orgs'), 'sourced_id', '主要机构', 'primary organisation') }}

union all

{{ unknown_reference('oneroster/users', 'sourced_id', 'agent_sourced_ids', 'primary_org_sourced_id', ref('stg_oneroster__users'), 'sourced_id', '监护人等关联人', 'related person') }}

union all

{{ unknown_reference('oneroster/demographics', 'sourced_id', 'sourced_id', '_slice', ref('stg_oneroster__users'), 'sourced_id', '用户', 'user') }}

union all

{{ unknown_reference('oneroster/enrollments', 'sourced_id', 'class_sourced_id', 'school_sourced_id', ref('stg_oneroster__classes'), 'sourced_id', '班级', 'class') }}

union all

{{ unknown_reference('oneroster/enrollments', 'sourced_id', 'user_sourced_id', 'school_sourced_id', ref('stg_oneroster__users'), 'sourced_id', '用户', 'user') }}

union all

{{ unknown_reference('oneroster/enrollments', 'sourced_id', 'school_sourced_id', 'school_sourced_id', ref('stg_oneroster__orgs'), 'sourced_id', '学校', 'school') }}

union all

{{ unknown_reference('oneroster/roles', 'sourced_id', 'user_sourced_id', 'org_sourced_id', ref('stg_oneroster__users'), 'sourced_id', '用户', 'user') }}

union all

{{ unknown_reference('oneroster/roles', 'sourced_id', 'org_sourced_id', 'org_sourced_id', ref('stg_oneroster__orgs'), 'sourced_id', '机构', 'organisation') }}
