#pragma once

// Every body that a route of the API takes.

#include <boost/mp11.hpp>

#include "http/views.hpp"
#include "http/views_backlog.hpp"
#include "http/views_buckets.hpp"
#include "http/views_keys.hpp"
#include "http/views_people.hpp"
#include "http/views_rules.hpp"
#include "http/views_sources.hpp"
#include "http/views_webhooks.hpp"

namespace notify::fuzz {

/// The first byte of an input chooses among them: 'a' is the first.
using Bodies = boost::mp11::mp_list<
    view::NewBucket,
    view::BucketChange,
    view::NewRule,
    view::RuleChange,
    view::NewEnrolment,
    view::PersonChange,
    view::NewEndpointView,
    view::EndpointChange,
    view::Rotation,
    view::NewReplay,
    view::NewKeyView,
    view::BucketImport,
    view::DoneElsewhere,
    view::BucketRerun>;

}  // namespace notify::fuzz
