using Chela.Gateway.Storage;

namespace Chela.Gateway.Config.Reloading;

/// <summary>The user's file and what was last made of it. Those who read it or change it take turns.</summary>
/// <param name="file">The file.</param>
/// <param name="lastGood">Where its content is kept when it is good.</param>
/// <param name="text">Its content at the start; null where there was none.</param>
internal sealed class ConfigFile(DocumentFile file, DocumentFile lastGood, byte[]? text) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Where it is or would be.</summary>
    public string Path => file.Path;

    /// <summary>Its content when it was last good; null where there was none.</summary>
    public byte[]? Text { get; private set; } = text;

    /// <summary>Waits for the turn, which ends when the result is disposed.</summary>
    public async Task<IDisposable> EnterAsync(CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        return new Turn(_turn);
    }

    /// <summary>Its content now; null where there is none.</summary>
    /// <exception cref="InvalidDataException">It is too large.</exception>
    public Task<byte[]?> ReadAsync(CancellationToken ct) => file.ReadAsync(ct);

    /// <summary>Replaces it; false, and nothing was done, where it has not the content that is expected.</summary>
    public Task<bool> ReplaceAsync(byte[]? expected, byte[] text) => file.ReplaceAsync(expected, text, CancellationToken.None);

    /// <summary>Remembers a content that is good.</summary>
    public void Remember(byte[]? text) => Text = text;

    /// <summary>Has the content that was last good beside the file, for the day on which it no longer is.</summary>
    public async Task KeepAsync(CancellationToken ct)
    {
        var kept = await lastGood.ReadAsync(ct);
        if (Text is { Length: > 0 } good && !good.AsSpan().SequenceEqual(kept))
        {
            await lastGood.WriteAsync(good, ct);
        }
    }

    public void Dispose() => _turn.Dispose();

    private sealed class Turn(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
