using Chela.Gateway.Config;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Access.Oidc;

/// <summary>
/// The identity provider's keys, kept for a while. A key that is not known is looked for anew, but not more often than the pause
/// allows: whoever invents names of keys must not make the gateway ask again and again.
/// </summary>
internal sealed partial class ProviderKeys(ProviderDocuments documents, ConfigStore config, TimeProvider time, ILogger<ProviderKeys> logger) : IDisposable
{
    /// <summary>How long keys are used before they are asked for again.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromHours(1);

    /// <summary>How long they are used when the provider does not answer.</summary>
    public static readonly TimeSpan Stale = TimeSpan.FromHours(24);

    /// <summary>The least time between two requests.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _turn = new(1);
    private volatile Held? _held;
    private long? _asked;

    /// <summary>The keys that a token with this key id may be signed with; null when nobody can say.</summary>
    public async Task<IReadOnlyList<JsonWebKey>?> FindAsync(string? keyId, CancellationToken ct)
    {
        var held = _held;
        if (held is null || time.GetElapsedTime(held.At) > Fresh || Matching(held, keyId).Count == 0)
        {
            held = await RefreshAsync(held, ct);
        }

        return held is null || time.GetElapsedTime(held.At) > Stale ? null : Matching(held, keyId);
    }

    public void Dispose() => _turn.Dispose();

    /// <summary>Asks the provider, unless somebody else has just done so.</summary>
    private async Task<Held?> RefreshAsync(Held? seen, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            if (_held != seen || (_asked is { } asked && time.GetElapsedTime(asked) < Pause))
            {
                return _held;
            }

            _asked = time.GetTimestamp();

            // Not cancelled by the one who happens to ask: others wait for it too.
            var keys = await documents.ReadKeysAsync(config.Current.Config.Gateway.Auth.Oidc.Issuer!, CancellationToken.None);
            return _held = new Held(keys, time.GetTimestamp());
        }
        catch (InvalidDataException e)
        {
            Log.Unavailable(logger, e.Message);
            return _held;
        }
        finally
        {
            _turn.Release();
        }
    }

    private static IReadOnlyList<JsonWebKey> Matching(Held held, string? keyId) =>
        keyId is null ? held.Keys : [.. held.Keys.Where(key => key.Id == keyId)];

    private sealed record Held(IReadOnlyList<JsonWebKey> Keys, long At);

    private static partial class Log
    {
        [LoggerMessage(1600, LogLevel.Warning, "The keys of the identity provider could not be read: {Reason}")]
        public static partial void Unavailable(ILogger logger, string reason);
    }
}
