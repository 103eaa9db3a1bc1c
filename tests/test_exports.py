"""The public surface. A name or a parameter that goes, or comes, changes this file on purpose."""

import inspect
from importlib import import_module

import pytest

EXPORTS = {
    "models.records": """
        Analysis Answer AnswerIs AnswerKind AnswerValue Asked AutoFail Between Calibration Case Channel Check
        ClientProfile Commitment CopcClass Criterion Deadline DisclosureProgress DisclosureRule
        DisclosureState Dispute DisputeState DisputeStep Document DocumentKind DraftCheck Evaluation
        EvaluationStatus Explanation FactDecision FactKind FactLine FactProgress FactTick Feedback
        FeedbackAction Finding Found Hit Measured MinedPhrase NotApplicable OnAutoFail Option Outcome Passage
        PhrasePlace PhraseState RaterAnswers ReadWarning ReadingLevel Rejected Resolver Review SEVERITIES
        ScriptedSpan Scriptedness Section Severity ShownCard ShownCards Span Speaker StatusChange Suggestion
        SuggestionKind Tally Transcript Turn UsualScripting Verdict Visibility WrapUp WrapUpLine severity_rank
    """,
    "models.redaction": "DOCUMENT_KINDS KINDS NAME marks redact redact_turn",
    "storage": "MemoryStore SqliteStore check_client_name open_store sqlite_version",
    "knowledge_base": "IngestReport KnowledgeBase Rejected",
    "copilot": "Copilot Quietness Session installed_detectors",
    "qa": "Analyser Scorecard parse read_folder read_transcripts",
    "qa.readers": "MAX_BYTES ReadReport Rejected parse read_folder read_transcripts read_upload swap_speakers",
}
IMPORTABLE = {
    "models.encoders": "HashingEncoder MiniLMEncoder SentenceTransformerEncoder default_encoder open_encoder",
    "models.reranking": "CrossEncoder open_reranker",
    "models.ports": "Detector Encoder Generator Reranker Store VectorIndex",
    "models.errors": """
        ConfigError ConflictError InputError MissingExtraError ModelError NotFoundError RedactionError
        UnscriptedError
    """,
    "models.labels": "LABELS",
    "models.conformance": "check_detector check_encoder check_index check_reranker check_store",
    "qa.detectors": "standard_detectors",
}
PARAMETERS = {
    "knowledge_base:KnowledgeBase": "client *encoder *store *profile *reranker",
    "knowledge_base:KnowledgeBase.open": "folder client *encoder *create *reranker",
    "knowledge_base:KnowledgeBase.add": "documents *progress",
    "knowledge_base:KnowledgeBase.ingest": "path *progress *max_bytes",
    "knowledge_base:KnowledgeBase.search": "query limit *kinds *on *said *rerank",
    "knowledge_base:KnowledgeBase.search_many": "queries limit *kinds *on *said *rerank",
    "knowledge_base:KnowledgeBase.documents": "kind *on *all_dates",
    "knowledge_base:KnowledgeBase.document": "id",
    "knowledge_base:KnowledgeBase.passages": "document_id",
    "knowledge_base:KnowledgeBase.remove": "id",
    "copilot:Copilot": "knowledge_base *detectors *quietness *generator *wording_deadline_s",
    "copilot:Copilot.session": "contact agent *channel",
    "copilot:Session.hear": "turn *is_final",
    "copilot:Session.check": "draft",
    "copilot:Session.feedback": "suggestion action",
    "copilot:Session.close": "",
    "qa:Analyser": "kb *detectors",
    "qa:Analyser.analyse": "transcript",
    "qa:Analyser.analyse_many": "transcripts",
    "qa:Analyser.learn": "past",
    "qa:Analyser.scriptedness": "transcript",
    "qa:Scorecard.load": "path",
    "qa:Scorecard.parse": "text *origin",
    "qa:Scorecard.evaluate": "transcript findings *scriptedness *fingerprint *parts *answers *agent",
    "qa:read_transcripts": "path *client *agent *max_bytes *columns",
    "qa:read_folder": "path *client *agent *progress *max_bytes *columns",
    "storage:open_store": "folder",
    "models.redaction:redact": "record *kinds *kept",
    "models.encoders:default_encoder": "",
    "models.encoders:open_encoder": "setting",
    "models.reranking:open_reranker": "setting",
}
ATTRIBUTES = {
    "knowledge_base:KnowledgeBase": "client degraded digest encoder profile reranker_failed store",
    "copilot:Session": "alerts disclosures transcript",
    "qa:Analyser": "fingerprint",
    "knowledge_base:IngestReport": "added rejected replaced unchanged",
}


def looked_up(place):
    module, _, path = place.partition(":")
    found = import_module(module)
    for name in path.split("."):
        found = getattr(found, name)
    return found


@pytest.mark.parametrize("module", EXPORTS)
def test_a_room_exports_these_names_and_no_others(module):
    room = import_module(module)
    assert sorted(room.__all__) == sorted(EXPORTS[module].split())
    assert len(set(room.__all__)) == len(room.__all__)
    for name in room.__all__:
        assert getattr(room, name) is not None, name


@pytest.mark.parametrize("module", EXPORTS)
def test_what_a_room_defines_for_others_is_exported(module):
    room = import_module(module)
    own = {
        name
        for name, value in vars(room).items()
        if not name.startswith("_") and getattr(value, "__module__", "") == module and callable(value)
    }
    assert own <= set(room.__all__)


@pytest.mark.parametrize("module", IMPORTABLE)
def test_these_names_are_importable(module):
    for name in IMPORTABLE[module].split():
        assert hasattr(import_module(module), name), name


@pytest.mark.parametrize("place", PARAMETERS)
def test_parameters_keep_their_names_and_options_are_keyword_only(place):
    parameters = [
        one for one in inspect.signature(looked_up(place)).parameters.values() if one.name != "self"
    ]
    written = [f"{'*' * (one.kind is one.KEYWORD_ONLY)}{one.name}" for one in parameters]
    assert written == PARAMETERS[place].split()


@pytest.mark.parametrize("place", ATTRIBUTES)
def test_attributes_keep_their_names(place):
    for name in ATTRIBUTES[place].split():
        assert hasattr(looked_up(place), name), name


def test_a_rejection_is_one_record_in_every_room():
    assert looked_up("knowledge_base:Rejected") is looked_up("qa.readers:Rejected")
    assert looked_up("models.records:Rejected") is looked_up("qa.readers:Rejected")
