using Chela.Gateway.Config.Includes;
using Chela.Gateway.Storage;

namespace Chela.Gateway.Config.Reloading;

/// <summary>The user's file with those that it includes, and what was last made of them. Those who read or change them take turns.</summary>
/// <param name="file">The file.</param>
/// <param name="lastGood">Where its content is kept when it is good.</param>
/// <param name="content">The content of all files at the start.</param>
/// <param name="includes">Reads the others.</param>
/// <param name="open">Opens one of the others for a change.</param>
internal sealed class ConfigFile(
    DocumentFile file, DocumentFile lastGood, ConfigContent content, IncludeReader includes, Func<string, DocumentFile> open) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private IncludedFiles _seen = content.Included;

    /// <summary>Where it is or would be.</summary>
    public string Path => file.Path;

    /// <summary>What the files held when they were last good together.</summary>
    public ConfigContent Content { get; private set; } = content;

    /// <summary>All files that the content which was last read is made of, good or not.</summary>
    public IEnumerable<string> Paths => _seen.Paths.Prepend(Path);

    /// <summary>Waits for the turn, which ends when the result is disposed.</summary>
    public async Task<IDisposable> EnterAsync(CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        return new Turn(_turn);
    }

    /// <summary>What the files hold now.</summary>
    /// <exception cref="InvalidDataException">The file is too large.</exception>
    public async Task<ConfigContent> ReadAsync(CancellationToken ct) => await AroundAsync(await file.ReadAsync(ct), ct);

    /// <summary>A text for the file, with the files that it includes as they are now.</summary>
    public async Task<ConfigContent> AroundAsync(byte[]? text, CancellationToken ct) => new(text, await includes.ReadAsync(text, ct));

    /// <summary>True for an included file that the gateway may change.</summary>
    public bool IsOwn(IncludedFile included) => includes.IsOwn(included);

    /// <summary>Replaces one of the files; false, and nothing was done, where it has not the content that is expected.</summary>
    public Task<bool> ReplaceAsync(string path, byte[]? expected, byte[] text) =>
        (path == Path ? file : open(path)).ReplaceAsync(expected, text, CancellationToken.None);

    /// <summary>Remembers a content that was read, good or not, so that its files are watched.</summary>
    public void See(ConfigContent read) => _seen = read.Included;

    /// <summary>Remembers a content that is good.</summary>
    public void Remember(ConfigContent good) => (Content, _seen) = (good, good.Included);

    /// <summary>Has the content that was last good beside the file, for the day on which it no longer is.</summary>
    public async Task KeepAsync(CancellationToken ct)
    {
        var kept = await lastGood.ReadAsync(ct);
        if (Content.Text is { Length: > 0 } good && !good.AsSpan().SequenceEqual(kept))
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
