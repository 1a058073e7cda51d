#pragma once

// An appearance as the API shows it.

#include "domain/person.hpp"
#include "http/views_people.hpp"

namespace notify {

[[nodiscard]] view::AppearanceView ShowAppearance(const Appearance& a);

}  // namespace notify
