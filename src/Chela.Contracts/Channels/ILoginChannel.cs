namespace Chela.Contracts.Channels;

/// <summary>A channel to which people log in by scanning a code with their phone. An account has to run for that.</summary>
public interface ILoginChannel
{
    /// <summary>Waits until the account is logged in, or has another code to scan than the one that is known.</summary>
    /// <param name="account">The account, by the name in the configuration.</param>
    /// <param name="known">The code that is shown already; null for none.</param>
    /// <param name="ct">Ends the waiting.</param>
    /// <exception cref="ChannelRefusedException">Nobody can log in to this account by a code.</exception>
    Task<LoginState> LoginAsync(string account, string? known, CancellationToken ct);

    /// <summary>Ends the login; what the account needs for it is forgotten.</summary>
    /// <exception cref="ChannelRefusedException">Nobody can log in to this account by a code, or it does not run.</exception>
    Task LogoutAsync(string account, CancellationToken ct);
}

/// <summary>How far a login is.</summary>
/// <param name="IsConnected">Whether the account is logged in.</param>
/// <param name="Code">What the code says that is to be scanned; null where there is none.</param>
public sealed record LoginState(bool IsConnected, string? Code);
