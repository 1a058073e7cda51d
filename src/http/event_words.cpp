#include <algorithm>
#include <array>
#include <span>

#include "http/member_words.hpp"

namespace notify {

namespace {

// NOLINTBEGIN(modernize-use-designated-initializers): a table of three columns
constexpr std::array kWordsOfEvents{
    MemberWords{"AuthFailed.code", "Why, as one word for programs.", ""},
    MemberWords{"AuthFailed.sentence", "Why, and what to do.", ""},
    MemberWords{"Certificate.expires_at", "From then on it is refused.", "date-time"},
    MemberWords{"Certificate.sha256", "Of its DER.", ""},
    MemberWords{"Certificate.subject", "Whose it is, as RFC 2253 writes it.", ""},
    MemberWords{"CredentialsExpiring.within", "How long it is until then, at most: 7d or 24h.", ""},
    MemberWords{"Delivery.attempt", "How often it was tried.", ""},
    MemberWords{"Delivery.kind", "webhook, or publication: the result beside the media.", ""},
    MemberWords{"DeliveryRow.attempt", "How often it was tried.", ""},
    MemberWords{"DeliveryRow.kind", "webhook, or publication: the result beside the media.", ""},
    MemberWords{"Endpoint.only", "Of these types what is about something of each list.", ""},
    MemberWords{
        "Endpoint.state",
        "ENABLED, FAILING (the last try failed), PAUSED by somebody, or DISABLED by the service: see "
        "disabled_reason.",
        ""
    },
    MemberWords{
        "Endpoint.transport", "How it is reached where that is not as for all others; null: as they are.", ""
    },
    MemberWords{"EndpointChange.only", "Replaces all four lists.", ""},
    MemberWords{"EndpointChange.transport", "Replaces all of it; {}: none of its own any more.", ""},
    MemberWords{"EventOrigins.buckets", "Only what is about one of these buckets; none: any.", ""},
    MemberWords{"EventOrigins.people", "Only what names one of these people; none: any.", ""},
    MemberWords{"EventOrigins.processors", "Only what names one of these processors; none: any.", ""},
    MemberWords{"EventOrigins.sources", "Only what is about one of these sources; none: any.", ""},
    MemberWords{"Key.buckets", "Ids of buckets that it is limited to.", ""},
    MemberWords{"Key.expires_at", "When it ends; null: when it is revoked.", "date-time"},
    MemberWords{
        "Key.sources",
        "Ids of sources to whose buckets it is limited; with none here and in buckets: it is not.",
        ""
    },
    MemberWords{"MessageDead.message", "Id of the dead message.", ""},
    MemberWords{"MessageDead.reason", "Which envelope, or what in it, was not understood; one word.", ""},
    MemberWords{"MessageDead.source", "Id of the queue it came from.", ""},
    MemberWords{"NewEndpoint.only", "Of these types what is about something of each list; null: all.", ""},
    MemberWords{
        "NewEndpoint.transport",
        "How it is reached where that is not as for all others; null: as they are.",
        ""
    },
    MemberWords{"NewKey.buckets", "Limited to these buckets, by id or name.", ""},
    MemberWords{"NewKey.expires_at", "When it ends; null: when it is revoked.", "date-time"},
    MemberWords{"NewKey.sources", "Limited to the buckets of these sources, by id.", ""},
    MemberWords{"NewReplay.from_sequence", "Of the first event of a range; to_sequence is of the last.", ""},
    MemberWords{
        "NewReplay.since", "What failed or was cancelled from then on; or a range of events.", "date-time"
    },
    MemberWords{"NewReplay.to_sequence", "Of the last event of a range.", ""},
    MemberWords{"NewTransport.ca", "The only trusted authorities, of its proxy too: PEM.", ""},
    MemberWords{"NewTransport.client_certificate", "Shown to it when it asks for one: PEM.", ""},
    MemberWords{
        "NewTransport.client_key",
        "Of the client certificate, not encrypted: PEM. Kept sealed, never shown.",
        ""
    },
    MemberWords{
        "NewTransport.proxy", "http or https URL; may hold a name and a password, which are kept sealed.", ""
    },
    MemberWords{"PersonNamed.name", "Missing when the person was erased since.", ""},
    MemberWords{"ProcessEnded.reason", "What went wrong, more exactly than the code; one word.", ""},
    MemberWords{"ScanCompleted.name", "Of the bucket.", ""},
    MemberWords{"Transport.ca", "The only trusted authorities; none: the system's.", ""},
    MemberWords{"Transport.client_certificate", "Shown to it when it asks for one; none: none.", ""},
    MemberWords{"Transport.proxy", "Its host and port; empty: it is reached directly.", ""},
    MemberWords{"WebhookFailing.sentence", "What is wrong, and what to do.", ""},
    MemberWords{"WebhookFailing.status", "failing, disabled or gone.", ""},
    MemberWords{"WebhookFailing.webhook", "Its id in the store.", ""},
};

// NOLINTEND(modernize-use-designated-initializers)

static_assert(std::ranges::is_sorted(kWordsOfEvents, {}, &MemberWords::member));

}  // namespace

std::span<const MemberWords> WordsOfEvents() {
    return kWordsOfEvents;
}

}  // namespace notify
