using Chela.Contracts.Errors;
using Chela.Gateway.Access;
using Chela.Gateway.Access.Devices;
using Chela.Gateway.Wire.OpenClaw;

namespace Chela.Gateway.Connections;

/// <summary>What a proven device showed to be let in.</summary>
/// <param name="Method">In the protocol's words: <c>token</c>, <c>bootstrap-token</c>, <c>device-token</c>, …</param>
internal sealed record DeviceCredential(string Method)
{
    /// <summary>The token of the setup code that it came with; used up when the device is admitted.</summary>
    public string? BootstrapToken { get; init; }

    /// <summary>True for the gateway's own secret, and where it wants none.</summary>
    public bool IsShared => Method is "token" or "password" or "none" or "trusted-proxy";
}

/// <summary>
/// Weighs what a device shows, in the protocol's order: the gateway's secret, a setup code, the device's own token (02-handshake § 7.3).
/// Failures of each are counted by themselves; where one opens, a wrong secret beside it does not count.
/// </summary>
internal sealed class DeviceCredentials(DeviceTable devices, SetupCodes setups, BrowserTokens browsers, FailedAttempts attempts, TimeProvider time)
{
    /// <param name="connect">What the client shows.</param>
    /// <param name="request">Where it comes from.</param>
    /// <param name="asked">The device and what it asks for.</param>
    /// <param name="protocol">The version that it speaks; the older one has a word of its own for a wrong token.</param>
    /// <param name="shared">What became of the gateway's own secret; its refusal is held back until it is known that nothing else opens.</param>
    /// <exception cref="RpcException">Nothing that it showed is good.</exception>
    public async Task<DeviceCredential> CheckAsync(
        ConnectParams connect, LoginRequest request, PairingRequest asked, int protocol, CredentialVerdict shared)
    {
        if (shared.IsValid)
        {
            return new DeviceCredential(shared.Method);
        }

        if (shared.Reason == AuthReason.UserNotAllowed)
        {
            throw AuthRefusal.Of(shared.Reason); // it is known who comes, and he must not, whatever his device has
        }

        if (connect.Auth?.BootstrapToken is { Length: > 0 } bootstrap)
        {
            return await TryAsync(AttemptKind.BootstrapToken, request, shared, () => setups.Opens(bootstrap, asked))
                ? new DeviceCredential("bootstrap-token") { BootstrapToken = bootstrap }
                : throw WrongSetup();
        }

        return await CheckDeviceTokenAsync(connect, request, asked, protocol, shared);
    }

    /// <summary>The refusal of a setup code that is wrong, used, too old, or meant for something else. It does not say which.</summary>
    public static RpcException WrongSetup() => AuthRefusal.Of(AuthReason.BootstrapTokenInvalid);

    /// <summary>A device's own token holds for this device, this role and no more scopes than it was given.</summary>
    private async Task<DeviceCredential> CheckDeviceTokenAsync(
        ConnectParams connect, LoginRequest request, PairingRequest asked, int protocol, CredentialVerdict shared)
    {
        if ((connect.Auth?.DeviceToken ?? connect.Auth?.Token) is not { } shown)
        {
            throw AuthRefusal.Of(shared.Reason!, retryAfterMs: shared.RetryAfterMs);
        }

        DeviceToken? token = null;
        if (!await TryAsync(AttemptKind.DeviceToken, request, shared, IsRight))
        {
            throw connect.Auth?.DeviceToken is null && protocol != Admission.OldestProtocol
                ? AuthRefusal.Of(shared.Reason!, devices.Find(asked.DeviceId)?.TokenFor(asked.Role) is { NeedsIdentity: false }, shared.RetryAfterMs)
                : AuthRefusal.Of(AuthReason.DeviceTokenMismatch);
        }

        return DeviceScopes.Cover(token!.Scopes, asked.Scopes)
            ? new DeviceCredential("device-token")
            : throw AuthRefusal.Of(AuthReason.ScopeMismatch);

        bool IsRight() => (token = devices.Verify(asked.DeviceId, asked.Role, shown)) is not null && !browsers.IsVoid(token);
    }

    /// <summary>Looks at a credential unless too many were wrong before, and counts it when it is.</summary>
    /// <exception cref="RpcException">Too many were wrong.</exception>
    private async Task<bool> TryAsync(AttemptKind kind, LoginRequest request, CredentialVerdict shared, Func<bool> isRight)
    {
        using var attempt = attempts.Begin(kind, request.Source, request.Origin);
        if (attempt.IsRefused)
        {
            throw AuthRefusal.Of(AuthReason.RateLimited, retryAfterMs: attempt.RetryAfterMs);
        }

        if (isRight())
        {
            attempt.Succeed();
            shared.Attempt?.Withdraw();
            return true;
        }

        attempt.Fail();
        if (shared.Attempt is null && attempt.Delay > TimeSpan.Zero)
        {
            await Task.Delay(attempt.Delay, time); // else the wrong secret beside it makes the client wait
        }

        return false;
    }
}
