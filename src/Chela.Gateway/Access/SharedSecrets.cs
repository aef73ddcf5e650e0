using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Access;

/// <summary>A secret that was replaced and opens the gateway for a while yet.</summary>
/// <param name="Sha256">Its hash, lower-case hex: the secret itself is not kept.</param>
/// <param name="EndsAtMs">When it ends, Unix milliseconds.</param>
internal sealed record FormerSecret(string Sha256, long EndsAtMs);

/// <summary>
/// The secrets that open the gateway: the present one, and during a rotation those before it. Only hashes are kept, and they are
/// compared in constant time.
/// </summary>
internal sealed class SharedSecrets(string secret, TimeProvider time)
{
    private readonly Lock _gate = new();
    private volatile State _state = new(HashOf(secret), secret.Length > 0, []);
    private Action<CallContext?>? _onEnd;

    /// <summary>The secrets that still open besides the present one.</summary>
    public IReadOnlyList<FormerSecret> Former => _state.Former;

    /// <summary>Names the present secret.</summary>
    public string Generation => GenerationOf(_state.Present);

    /// <summary>The generation of the secret that was shown; null when it is none of ours.</summary>
    public string? Match(string shown)
    {
        var (state, hash, now) = (_state, HashOf(shown), NowMs());
        var found = state.IsAny && IsSame(state.Present, hash) ? state.Present : null;
        foreach (var former in state.Former)
        {
            found = IsSame(former.Sha256, hash) && former.EndsAtMs > now ? former.Sha256 : found;
        }

        return found is null ? null : GenerationOf(found);
    }

    /// <summary>True while the secret of that generation opens the gateway.</summary>
    public bool IsValid(string generation)
    {
        var (state, now) = (_state, NowMs());
        return generation == GenerationOf(state.Present)
            || state.Former.Any(former => former.EndsAtMs > now && generation == GenerationOf(former.Sha256));
    }

    /// <summary>Puts a secret, and those that may still be used, in the place of what was. To be told of the end of the latter, see <see cref="Attach"/>.</summary>
    public void Replace(string present, IEnumerable<FormerSecret> former)
    {
        lock (_gate)
        {
            _state = new State(HashOf(present), present.Length > 0, [.. former]);
        }
    }

    /// <summary>Names who closes what came in with a secret that has ended.</summary>
    public void Attach(Action<CallContext?> onEnd) => _onEnd = onEnd;

    /// <summary>Forgets the secrets that have ended, and has closed what came in with them.</summary>
    /// <param name="call">The call that ends them, whose connection is closed after its answer; null when their time is over.</param>
    public void EndDue(CallContext? call = null)
    {
        var now = NowMs();
        lock (_gate)
        {
            _state = _state with { Former = [.. _state.Former.Where(former => former.EndsAtMs > now)] };
        }

        _onEnd?.Invoke(call);
    }

    /// <summary>Lower-case hex of the SHA-256.</summary>
    public static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static bool IsSame(string a, string b) => CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(a), Encoding.ASCII.GetBytes(b));

    /// <summary>Names a secret without telling it: what belongs to it can be found when it ends, also after a restart.</summary>
    private static string GenerationOf(string hash) => HashOf($"generation {hash}")[..16];

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();

    private sealed record State(string Present, bool IsAny, ImmutableArray<FormerSecret> Former);
}
