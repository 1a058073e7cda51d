#include <algorithm>
#include <array>
#include <span>

#include "http/member_words.hpp"

namespace notify {

namespace {

// NOLINTBEGIN(modernize-use-designated-initializers): a table of three columns
constexpr std::array kWordsOfPeople{
    MemberWords{
        "Appearance.state",
        "Whose face it is said to be, and by whom: new (nobody has named it), unconfirmed, system_confirmed, "
        "user_confirmed.",
        ""
    },
    MemberWords{"Edit.consent", "Of a consent: where it is kept.", ""},
    MemberWords{"Edit.kind", "What was decided.", ""},
    MemberWords{
        "Edit.name", "The name that was given; empty when none was, and once the person is erased.", ""
    },
    MemberWords{"Edit.note", "Of a no_op: what is not there without what was undone.", ""},
    MemberWords{
        "Edit.other", "Of a merge: who is the same person. Of a split or a move: whose the faces were.", ""
    },
    MemberWords{
        "Edit.outcome",
        "What has become of it: applied, undone, no_op (it lost what it was about), erased (nobody can read "
        "it any more).",
        ""
    },
    MemberWords{
        "Edit.person",
        "Id of the person it is about; of a split, the new one; of an undo and of unknown faces, empty.",
        ""
    },
    MemberWords{"Edit.sequence", "Rises in the order in which edits were made.", ""},
    MemberWords{"Edit.tracks", "The tracks it is about: of the earliest run that showed the face.", ""},
    MemberWords{"Edit.undoes", "Of an undo: the edit that it takes out.", ""},
    MemberWords{"Erasure.at", "When the person was erased.", "date-time"},
    MemberWords{"Erasure.by", "Who erased.", ""},
    MemberWords{
        "Erasure.done_at",
        "When artifacts of results held nothing of the faces any more; null before.",
        "date-time"
    },
    MemberWords{"Erasure.faces", "Face tracks in results whose embeddings and thumbnails were removed.", ""},
    MemberWords{"Erasure.items", "Items in which the person was seen.", ""},
    MemberWords{
        "Erasure.people", "Ids of who was erased: with those who were merged into them, who comes last.", ""
    },
    MemberWords{"Erasure.photos", "Enrolled photos that were removed.", ""},
    MemberWords{"Erasure.receipt", "Shows that it is done; null before.", ""},
    MemberWords{
        "Exemplar.crop",
        "Where the face's picture is read, with the scope biometric; null when none is kept.",
        ""
    },
    MemberWords{
        "Exemplar.distance",
        "Of the photo from the mean of the shots, as of single pictures, 0 to 2: on one scale with the "
        "explanation's own.",
        ""
    },
    MemberWords{"Exemplar.photo", "Id of the photo.", ""},
    MemberWords{
        "Exemplar.probability",
        "0 to 1: what the photo alone would say, by its distance, among so many people.",
        ""
    },
    MemberWords{"Explanation.appearance", "What is explained.", ""},
    MemberWords{
        "Explanation.decided_by",
        "verdict (somebody said so of this face), link_verdict (of another track of the face in this item), "
        "link (all shots of the face), track (its own shots).",
        ""
    },
    MemberWords{"Explanation.distance", "From the person, 0 to 2; the smallest of its tracks.", ""},
    MemberWords{"Explanation.exemplars", "The person's nearest photos.", ""},
    MemberWords{
        "Explanation.lineage",
        "Digest of bytes, processor, version, models and configuration that the faces are from.",
        ""
    },
    MemberWords{
        "Explanation.margin",
        "How much nearer than the next person; 2 when there is none, 0 for a verdict.",
        ""
    },
    MemberWords{
        "Explanation.people",
        "How many people could be compared with: the line and probabilities fall with them.",
        ""
    },
    MemberWords{"Explanation.processor", "Which found the face: name@version.", ""},
    MemberWords{"Explanation.runner_up", "The next person; null when there is none.", ""},
    MemberWords{"Explanation.thresholds", "The lines it was judged by.", ""},
    MemberWords{"Explanation.vote_share", "Share of the shots, by quality, that speak for the person.", ""},
    MemberWords{"Explanation.votes", "How each shot was judged.", ""},
    MemberWords{"FaceAnswer.person", "Whom the face shows, or may show; null for nobody who is known.", ""},
    MemberWords{"FaceAnswer.seen", "Faces in items that look like it, nearest first.", ""},
    MemberWords{
        "MovedPerson.code",
        "Of one who is refused: erased, another_of_the_name, same_photos; looks_like_another of one who is "
        "enrolled.",
        ""
    },
    MemberWords{"MovedPerson.edit", "Id of the edit whose undo takes it back; empty when nothing came.", ""},
    MemberWords{"MovedPerson.name", "In the gallery; here the person may have another.", ""},
    MemberWords{
        "MovedPerson.outcome",
        "enrolled (nobody here was that person), extended (with what was not here), unchanged, refused.",
        ""
    },
    MemberWords{"MovedPerson.person", "Id of the person here; empty when refused.", ""},
    MemberWords{"MovedPerson.photos", "How many came.", ""},
    MemberWords{"MovedPerson.sentence", "Why, for people; empty when there is nothing to say.", ""},
    MemberWords{"MovedTracks.from", "By today's thresholds: unknown, proposed, confirmed.", ""},
    MemberWords{"MovedTracks.to", "By the thresholds asked about.", ""},
    MemberWords{"MovedTracks.tracks", "How many.", ""},
    MemberWords{"NewEnrolment.again", "True: also somebody who was erased.", ""},
    MemberWords{"NewGalleryExport.crops", "False: without the pictures of the faces; true unless told.", ""},
    MemberWords{
        "NewGalleryExport.passphrase",
        "Seals the file: 12 to 1,024 bytes. Whoever imports it needs it, and nobody can recover it.",
        ""
    },
    MemberWords{
        "NewGalleryExport.people", "Ids or names; none: everybody who has a name and an enrolled photo.", ""
    },
    MemberWords{"NewGalleryImport.again", "True: also who was erased here.", ""},
    MemberWords{"NewGalleryImport.base64", "The file, at most 64 MiB before it is in base 64.", ""},
    MemberWords{"NewGalleryImport.passphrase", "With which it was exported.", ""},
    MemberWords{
        "Person.consent",
        "Where the person's consent is kept, in your words; empty when nothing was said.",
        ""
    },
    MemberWords{"Person.etag", "Another one when the person is changed: for If-Match.", ""},
    MemberWords{"Person.hidden", "True when the person is told and published nowhere.", ""},
    MemberWords{"Person.merged", "Ids of who was merged into this person.", ""},
    MemberWords{"Person.state", "new: without a name; user_confirmed: named by somebody.", ""},
    MemberWords{
        "Photo.crop",
        "Where the face's picture is read, with the scope biometric; null when none is kept.",
        ""
    },
    MemberWords{"Receipt.public_key", "Of the service's key file, 32 bytes in base 64.", ""},
    MemberWords{"Receipt.signature", "Ed25519 of the text, 64 bytes in base 64.", ""},
    MemberWords{"Receipt.text", "JSON: what was erased, when and by whom; no name.", ""},
    MemberWords{"ReviewList.proposals", "Appearances whose name waits for somebody; counted to 10,000.", ""},
    MemberWords{"ReviewList.skipped", "Questions that are left out because this key skipped them.", ""},
    MemberWords{"ReviewList.unknown", "People who were found and have no name; counted to 10,000.", ""},
    MemberWords{"ReviewQuestion.appearances", "Where it is seen: at most five.", ""},
    MemberWords{"ReviewQuestion.faces", "How many faces an answer settles.", ""},
    MemberWords{"ReviewQuestion.id", "To skip it by; another one once its faces are others.", ""},
    MemberWords{"ReviewQuestion.name", "Who is proposed; empty: who is this?", ""},
    MemberWords{
        "ReviewQuestion.settles",
        "Ids of the appearances that an answer to a proposal names: all of one face, at most 1,000. Empty of "
        "somebody "
        "without a name: that answer names the person.",
        ""
    },
    MemberWords{"RunnerUp.distance", "From that person, 0 to 2.", ""},
    MemberWords{"ShownChange.appearance", "As it is stored; empty where nobody is shown.", ""},
    MemberWords{
        "ShownChange.distance",
        "The smallest of its tracks, 0 to 2: to whom they would be shown as, else are.",
        ""
    },
    MemberWords{"ShownChange.from", "By today's thresholds: unknown, proposed, confirmed.", ""},
    MemberWords{"ShownChange.from_name", "Today; empty of somebody whom nobody has named.", ""},
    MemberWords{"ShownChange.from_person", "Id of whom it is shown as; empty of unknown.", ""},
    MemberWords{"ShownChange.to", "By the thresholds asked about.", ""},
    MemberWords{"ShownChange.to_name", "The name that it would have.", ""},
    MemberWords{"ShownChange.to_person", "Id of whom it would be shown as; empty of unknown.", ""},
    MemberWords{"Skip.question", "Its id.", ""},
    MemberWords{"Skip.until", "When it is asked again, RFC 3339.", "date-time"},
    MemberWords{
        "Thresholds.confirmed",
        "A name was confirmed under this distance, among so many people as are known; 0 when a verdict or a "
        "finding decided.",
        ""
    },
    MemberWords{"Thresholds.least_votes", "… with at least this share of the votes …", ""},
    MemberWords{"Thresholds.margin", "… and this much nearer than the next person.", ""},
    MemberWords{"Thresholds.possible", "Up to this distance it is shown as unconfirmed.", ""},
    MemberWords{"Thresholds.vote_reach", "A shot speaks for the nearest person up to this distance.", ""},
    MemberWords{
        "WhatIf.confirmed",
        "The distance that was asked about, or the one of today while 16 to 31 people are known.",
        ""
    },
    MemberWords{
        "WhatIf.gallery_version", "Of the people who were compared with: another one when they change.", ""
    },
    MemberWords{"WhatIf.items", "How many were looked at for this page.", ""},
    MemberWords{"WhatIf.margin", "So much nearer than the next person.", ""},
    MemberWords{"WhatIf.moved", "How many tracks of these items go from one state to another, or stay.", ""},
    MemberWords{"WhatIf.next", "Item to ask on from, as `after`; empty when all were looked at.", ""},
    MemberWords{"WhatIf.proposed", "Up to this distance a name is proposed.", ""},
    MemberWords{"WhatIf.renamed", "Tracks that would be shown as another person.", ""},
    MemberWords{"WhatIf.rows", "What would be shown otherwise.", ""},
    MemberWords{"WhatIf.tracks", "How many these items have.", ""},
    MemberWords{
        "WhatIf.unreadable", "Items besides these whose faces cannot be read: nothing is said of them.", ""
    },
};

// NOLINTEND(modernize-use-designated-initializers)

static_assert(std::ranges::is_sorted(kWordsOfPeople, {}, &MemberWords::member));

}  // namespace

std::span<const MemberWords> WordsOfPeople() {
    return kWordsOfPeople;
}

}  // namespace notify
