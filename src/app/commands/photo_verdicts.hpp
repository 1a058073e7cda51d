#pragma once

// What an enrolment says of its photos.

#include <cstddef>

#include <boost/json.hpp>

namespace notify {

/// How many of an enrolment's photos the person does not have afterwards: one that was there before is not
/// refused. `enrolment`: the answer of POST /v1/people.
[[nodiscard]] std::size_t RefusedOf(const boost::json::value& enrolment);

}  // namespace notify
