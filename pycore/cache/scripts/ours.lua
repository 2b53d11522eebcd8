-- Shared by the scripts that write: is this document one of ours? What is its version?
local function ours(document)
  if string.find(document, '^%s*{%s*"format"%s*:%s*"pycore%.') then return true end
  if not string.find(document, '^%s*{') then return false end
  local parsed, members = pcall(cjson.decode, document)
  return parsed and type(members.format) == 'string' and string.sub(members.format, 1, 7) == 'pycore.'
end

-- Only in the form that pycore writes: a version inside of data is none.
local function version_of(document)
  return tonumber(string.match(document, '^{"format":"pycore%.%w+/%d+","key":"[^\n]-","version":(%d+)[,}]'))
end
