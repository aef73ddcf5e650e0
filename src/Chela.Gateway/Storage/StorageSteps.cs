namespace Chela.Gateway.Storage;

/// <summary>Called as storage passes a named point; a trial throws or dies there, for a failing disk or a crash. Null otherwise.</summary>
internal delegate void StorageStep(string step);

/// <summary>The names of the points at which a write may be interrupted.</summary>
internal static class StorageSteps
{
    public const string JournalBeforeWrite = "journal.before-write";
    public const string JournalAfterWrite = "journal.after-write";
    public const string JournalBeforeFsync = "journal.before-fsync";
    public const string JournalAfterFsync = "journal.after-fsync";
    public const string JournalSegmentCreated = "journal.segment-created";
    public const string JournalBeforeRollback = "journal.before-rollback";

    public const string ReplaceWriting = "replace.writing";
    public const string ReplaceBeforeRename = "replace.before-rename";
    public const string ReplaceAfterRename = "replace.after-rename";
    public const string ReplaceBeforeDelete = "replace.before-delete";
    public const string ReplaceAfterDelete = "replace.after-delete";

    public const string DeleteSegment = "delete.segment";

    public const string RepairBeforeSave = "repair.before-save";
    public const string RepairBeforeTruncate = "repair.before-truncate";
    public const string RepairAfterTruncate = "repair.after-truncate";

    public const string DocumentBeforeWrite = "document.before-write";
    public const string DocumentBeforeBackup = "document.before-backup";
    public const string DocumentBeforeShift = "document.before-shift";
    public const string DocumentAfterShift = "document.after-shift";
    public const string DocumentBeforeRename = "document.before-rename";
    public const string DocumentAfterRename = "document.after-rename";
    public const string DocumentAfterFsync = "document.after-fsync";

    public const string BlobBeforeWrite = "blob.before-write";
    public const string BlobBeforeRename = "blob.before-rename";
    public const string BlobAfterRename = "blob.after-rename";
    public const string BlobAfterFsync = "blob.after-fsync";
    public const string BlobBeforeDelete = "blob.before-delete";
}
