#pragma once

// The identifiers of everything that is stored. Each is a prefix and a ULID, made by the service: "itm_01K…".

#include "core/strong_id.hpp"

namespace notify {

using SourceId = StrongId<struct SourceIdTag>;            // src_
using BucketId = StrongId<struct BucketIdTag>;            // bkt_
using RuleId = StrongId<struct RuleIdTag>;                // rul_
using ItemId = StrongId<struct ItemIdTag>;                // itm_
using ProcessId = StrongId<struct ProcessIdTag>;          // prc_
using ResultId = StrongId<struct ResultIdTag>;            // res_
using PersonId = StrongId<struct PersonIdTag>;            // per_
using PhotoId = StrongId<struct PhotoIdTag>;              // pho_
using TrackId = StrongId<struct TrackIdTag>;              // trk_
using EditId = StrongId<struct EditIdTag>;                // edt_
using AppearanceId = StrongId<struct AppearanceIdTag>;    // app_
using EventId = StrongId<struct EventIdTag>;              // msg_  (also the webhook-id)
using EndpointId = StrongId<struct EndpointIdTag>;        // end_
using DeliveryId = StrongId<struct DeliveryIdTag>;        // dlv_
using PublicationId = StrongId<struct PublicationIdTag>;  // pub_
using NewsId = StrongId<struct NewsIdTag>;                // nws_
using DeadMessageId = StrongId<struct DeadMessageIdTag>;  // dead_
using KeyId = StrongId<struct KeyIdTag>;                  // key_
using NodeId = StrongId<struct NodeIdTag>;                // nod_
using PauseId = StrongId<struct PauseIdTag>;              // pau_
using QuestionId = StrongId<struct QuestionIdTag>;        // que_  (a digest of what is asked, no ULID)

}  // namespace notify
