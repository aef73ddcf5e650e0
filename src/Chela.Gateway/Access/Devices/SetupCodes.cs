using System.Collections.Immutable;

namespace Chela.Gateway.Access.Devices;

/// <summary>A setup code at the one moment at which its token is known.</summary>
internal sealed record IssuedSetup(Setup Setup, string Token)
{
    /// <summary>Never shows the token: a record that is logged prints all its values.</summary>
    public override string ToString() => $"{nameof(IssuedSetup)} {{ {nameof(Setup.SetupId)} = {Setup.SetupId} }}";
}

/// <summary>A device that was let in by a setup code.</summary>
internal sealed record Redeemed(PairedDevice Device, Setup Setup, SetupProfile Profile);

/// <summary>
/// Setup codes: made by an administrator, used once by one device, bound to what they give (02-handshake § 7.5). Device and used
/// code are written together, so that no crash leaves a code that can be used again.
/// </summary>
internal sealed class SetupCodes(DeviceTable devices, TimeProvider time)
{
    /// <summary>How long a code can be used.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    /// <summary>How long it is remembered who used it.</summary>
    public static readonly TimeSpan UseLifetime = 2 * Lifetime;

    /// <summary>The most that are kept; the oldest gives way.</summary>
    public const int MaxKept = 100;

    /// <summary>Makes a code; it is on disk when this returns.</summary>
    public async Task<IssuedSetup> IssueAsync(SetupProfile profile, CancellationToken ct)
    {
        var token = Grants.NewSecret();
        var nowMs = NowMs();
        var setup = new Setup(
            Guid.NewGuid().ToString(), Setup.HashOf(token), profile.Name, nowMs, nowMs + (long)Lifetime.TotalMilliseconds);
        await devices.UpdateAsync(book => book with { Setups = [.. Kept(book.Setups, nowMs).TakeLast(MaxKept - 1), setup] }, ct);
        return new IssuedSetup(setup, token);
    }

    /// <summary>The code with this id, while it is remembered.</summary>
    public Setup? Find(string setupId) => Kept(devices.Book.Setups, NowMs()).FirstOrDefault(setup => setup.SetupId == setupId);

    /// <summary>True when the token could be used in this role and with these scopes.</summary>
    public bool Opens(string token, PairingRequest request) => Match(devices.Book, token, request, NowMs()) is not null;

    /// <summary>Uses a code: admits the device with everything that the code gives.</summary>
    /// <returns>Null when the token is wrong, used, too old or not meant for this role and these scopes.</returns>
    public async Task<Redeemed?> RedeemAsync(string token, PairingRequest request, CancellationToken ct)
    {
        Redeemed? redeemed = null;
        await devices.UpdateAsync(
            book =>
            {
                var nowMs = NowMs();
                if (Match(book, token, request, nowMs) is not (var setup, var profile))
                {
                    return book;
                }

                var device = Grants.Admit(book.Devices.GetValueOrDefault(request.DeviceId), request, profile.Grants, "setup-code", nowMs);
                var used = setup with { Use = new SetupUse(request.DeviceId, nowMs) { DeviceName = request.DisplayName } };
                redeemed = new Redeemed(device, used, profile);
                return book.With(device) with { Setups = [.. Kept(book.Setups.Replace(setup, used), nowMs)] };
            },
            ct);
        return redeemed;
    }

    private static (Setup Setup, SetupProfile Profile)? Match(DeviceBook book, string token, PairingRequest request, long nowMs)
    {
        foreach (var setup in book.Setups)
        {
            if (setup.Opens(token, nowMs))
            {
                return SetupProfile.Find(setup.Profile) is { } profile && profile.Admits(request.Role, DeviceScopes.Read(request.Scopes))
                    ? (setup, profile)
                    : null;
            }
        }

        return null;
    }

    private static IEnumerable<Setup> Kept(ImmutableArray<Setup> setups, long nowMs) => setups.Where(setup =>
        setup.Use is { } use ? nowMs < use.AtMs + (long)UseLifetime.TotalMilliseconds : nowMs < setup.ExpiresAtMs);

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
