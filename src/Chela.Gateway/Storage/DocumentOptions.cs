namespace Chela.Gateway.Storage;

/// <summary>The limits of a document, and the hook of its crash tests.</summary>
internal sealed record DocumentOptions
{
    public static DocumentOptions Default { get; } = new();

    /// <summary>Neither read nor written beyond this.</summary>
    public int MaxBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>How many former contents are kept.</summary>
    public int Backups { get; init; } = 10;

    /// <summary>Whether those who may read the document can still read it once it is replaced; only its owner can otherwise. Nobody else ever reads backups.</summary>
    public bool KeepsMode { get; init; }

    /// <summary>Null in production.</summary>
    public StorageStep? Step { get; init; }
}
