using Chela.Gateway.Access.Oidc;
using Chela.Gateway.Config;

namespace Chela.Gateway.Access;

/// <summary>
/// The one place where a credential of the gateway itself is weighed, for every dialect and for HTTP: what the mode wants, whether
/// it is right, and who that makes the client (02-handshake § 7).
/// </summary>
internal sealed class SharedCredentials(
    SharedSecrets secrets, FailedAttempts attempts, ProxyIdentity proxy, OidcTokens oidc, ConfigStore config, TimeProvider time)
{
    /// <summary>Said to a connection whose secret has ended.</summary>
    public const string Changed = "gateway auth changed";

    /// <summary>The mode in force.</summary>
    public string Mode { get; } = config.Current.Config.Gateway.Auth.ModeInForce();

    /// <summary>Weighs what a client shows, and counts it when it is wrong. On this machine that takes a while.</summary>
    public async Task<CredentialVerdict> CheckAsync(ShownCredential shown, CancellationToken ct)
    {
        var verdict = await WeighAsync(shown, ct);
        await CountAsync(verdict, ct);
        return verdict;
    }

    /// <summary>
    /// Weighs what a client shows. What is wrong is counted only by <see cref="CountAsync"/>, which has to follow unless something
    /// else let the client in.
    /// </summary>
    public async Task<CredentialVerdict> WeighAsync(ShownCredential shown, CancellationToken ct)
    {
        if (Mode == AuthMode.None)
        {
            return new CredentialVerdict(Mode, shown.Source.IsLocal ? null : AuthReason.NotLocal);
        }

        // A program on this machine does not come through the proxy; it may have the password.
        if (Mode == AuthMode.TrustedProxy && !(shown is { Source.IsLocal: true, IsAny: true }))
        {
            return proxy.Check(shown);
        }

        return shown.IsAny ? await TryAsync(shown, ct) : new CredentialVerdict(Mode, IsPassword ? AuthReason.PasswordMissing : AuthReason.TokenMissing);
    }

    /// <summary>Counts a wrong credential that still waits for it. On this machine the answer is held back, longer each time.</summary>
    public async Task CountAsync(CredentialVerdict verdict, CancellationToken ct)
    {
        if (verdict.Attempt is { } attempt && attempt.Fail() && attempt.Delay > TimeSpan.Zero)
        {
            await Task.Delay(attempt.Delay, time, ct);
        }
    }

    /// <summary>False when the secret of that generation has ended; null stands for no secret at all.</summary>
    public bool IsCurrent(string? generation) => generation is null || secrets.IsValid(generation);

    private bool IsPassword => Mode is AuthMode.Password or AuthMode.TrustedProxy;

    private async Task<CredentialVerdict> TryAsync(ShownCredential shown, CancellationToken ct)
    {
        var attempt = attempts.Begin(AttemptKind.SharedSecret, shown.Source, shown.Origin);
        if (attempt.IsRefused)
        {
            return new CredentialVerdict(Mode, AuthReason.RateLimited) { RetryAfterMs = attempt.RetryAfterMs };
        }

        var isOpen = false;
        try
        {
            var verdict = Mode == AuthMode.Oidc ? await oidc.CheckAsync(shown.Token ?? shown.Password!, ct) : CheckSecret(shown);
            isOpen = !verdict.IsValid && verdict.RetryAfterMs is null;
            if (verdict.IsValid)
            {
                attempt.Succeed();
            }
            else if (!isOpen)
            {
                attempt.Withdraw(); // nobody could say whether it is wrong
            }

            return isOpen ? verdict with { Attempt = attempt } : verdict;
        }
        finally
        {
            if (!isOpen)
            {
                attempt.Dispose();
            }
        }
    }

    private CredentialVerdict CheckSecret(ShownCredential shown)
    {
        var (first, second) = IsPassword ? (shown.Password, shown.Token) : (shown.Token, shown.Password);
        var method = IsPassword ? AuthMode.Password : AuthMode.Token;
        return (Match(first) ?? Match(second)) is { } generation
            ? new CredentialVerdict(method, null) { Generation = generation }
            : new CredentialVerdict(method, IsPassword ? AuthReason.PasswordMismatch : AuthReason.TokenMismatch);
    }

    private string? Match(string? shown) => shown is null ? null : secrets.Match(shown);
}
