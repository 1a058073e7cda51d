#include "app/commands/photo_verdicts.hpp"

#include <algorithm>
#include <cstddef>

#include <boost/json/value.hpp>

#include "app/commands/printing.hpp"

namespace notify {

std::size_t RefusedOf(const boost::json::value& enrolment) {
    return static_cast<std::size_t>(
        std::ranges::count_if(enrolment.at("verdicts").as_array(), [](const boost::json::value& verdict) {
            return !verdict.at("accepted").as_bool() && Shown(verdict, "code") != "same_photo";
        })
    );
}

}  // namespace notify
