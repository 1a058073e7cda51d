#include "people/document_fields.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>

#include <boost/json/value.hpp>
#include <boost/system/detail/error_code.hpp>
#include <fmt/core.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/person.hpp"

namespace notify {

namespace {

constexpr std::int64_t kMostMs = 1'000'000'000'000;
constexpr double kMostPixels = 1e7;

}  // namespace

DocumentFields::DocumentFields(const boost::json::value& value) : object_(value.if_object()) {
    if (object_ == nullptr) {
        fault_ = "it is no object";
    }
}

const boost::json::value* DocumentFields::Find(std::string_view name) const {
    return object_ != nullptr ? object_->if_contains(name) : nullptr;
}

void DocumentFields::Fault(std::string_view name, std::string_view expected) {
    if (fault_.empty()) {
        fault_ = fmt::format("its {} is no {}", name, expected);
    }
}

double DocumentFields::Number(std::string_view name, double least, double most) {
    const auto* member = Find(name);
    boost::system::error_code failed;
    const double number =
        member != nullptr ? member->to_number<double>(failed) : std::numeric_limits<double>::quiet_NaN();
    if (!failed && number >= least && number <= most) {
        return number;
    }
    Fault(name, fmt::format("number from {} to {}", least, most));
    return least;
}

std::int64_t DocumentFields::Whole(std::string_view name, std::int64_t least, std::int64_t most) {
    const auto* member = Find(name);
    boost::system::error_code failed;
    const auto number = member != nullptr ? member->to_number<std::int64_t>(failed) : least;
    if (member != nullptr && !failed && number >= least && number <= most) {
        return number;
    }
    Fault(name, fmt::format("whole number from {} to {}", least, most));
    return least;
}

std::int64_t DocumentFields::Time(std::string_view name, std::int64_t least) {
    return Whole(name, least, kMostMs);
}

std::string DocumentFields::Text(std::string_view name, std::size_t most) {
    const auto* member = Find(name);
    const auto* text = member != nullptr ? member->if_string() : nullptr;
    if (text != nullptr && text->size() <= most) {
        return std::string(*text);
    }
    Fault(name, fmt::format("text of at most {} bytes", most));
    return {};
}

bool DocumentFields::Has(std::string_view name) const {
    const auto* member = Find(name);
    return member != nullptr && !member->is_null();
}

bool DocumentFields::Truth(std::string_view name) {
    const auto* member = Find(name);
    if (const auto* truth = member != nullptr ? member->if_bool() : nullptr; truth != nullptr) {
        return *truth;
    }
    Fault(name, "true or false");
    return false;
}

const boost::json::value& DocumentFields::Object(std::string_view name) {
    static const boost::json::value empty{boost::json::object{}};
    const auto* member = Find(name);
    if (member != nullptr && member->is_object()) {
        return *member;
    }
    Fault(name, "object");
    return empty;
}

std::span<const boost::json::value> DocumentFields::List(std::string_view name) {
    const auto* member = Find(name);
    if (const auto* list = member != nullptr ? member->if_array() : nullptr; list != nullptr) {
        return {list->data(), list->size()};
    }
    Fault(name, "list");
    return {};
}

Box DocumentFields::BoxOf(std::string_view name) {
    const auto* member = Find(name);
    if (member == nullptr) {
        Fault(name, "box");
        return {};
    }
    DocumentFields sides(*member);
    const Box box = sides.OwnBox();
    if (!sides.Check()) {
        Fault(name, "box");
    }
    return box;
}

Box DocumentFields::OwnBox() {
    return {
        .x = Number("x", -kMostPixels, kMostPixels),
        .y = Number("y", -kMostPixels, kMostPixels),
        .width = Number("width", 0, kMostPixels),
        .height = Number("height", 0, kMostPixels)
    };
}

Result<void> DocumentFields::Check() const {
    return fault_.empty() ? Result<void>{} : Fail(ErrorCode::kInvalidArgument, fault_);
}

}  // namespace notify
