namespace Chela.Gateway.Agents.Providers.Failover;

/// <summary>What one failure says about the next call.</summary>
internal enum CoolDownScope
{
    /// <summary>Nothing: the request was at fault.</summary>
    None,

    /// <summary>The model will fail again for a while.</summary>
    Model,

    /// <summary>So will every model of its provider: the account is at fault.</summary>
    Provider,
}

/// <summary>What is done after a failure, by its kind alone.</summary>
/// <param name="Retries">How often the same model is asked again.</param>
/// <param name="FailsOver">Whether another model is asked then.</param>
/// <param name="CoolDown">What is passed over for a while.</param>
internal sealed record FailureRule(int Retries, bool FailsOver, CoolDownScope CoolDown)
{
    /// <summary>The rule of each kind.</summary>
    public static FailureRule Of(ProviderErrorKind kind) => kind switch
    {
        ProviderErrorKind.Rate or ProviderErrorKind.Overload or ProviderErrorKind.Network => new(2, true, CoolDownScope.Model),
        ProviderErrorKind.Malformed => new(1, true, CoolDownScope.Model),
        ProviderErrorKind.Timeout or ProviderErrorKind.NotFound => new(0, true, CoolDownScope.Model),
        ProviderErrorKind.Authentication or ProviderErrorKind.Quota => new(0, true, CoolDownScope.Provider),

        // Another model may take the request; that this one did not says nothing about the next.
        ProviderErrorKind.InvalidRequest or ProviderErrorKind.ToolsUnsupported or ProviderErrorKind.Unknown => new(0, true, CoolDownScope.None),

        // The conversation is at fault. A longer context or a laxer filter somewhere else is for its owner to choose.
        ProviderErrorKind.ContextTooLong or ProviderErrorKind.ContentRefused => new(0, false, CoolDownScope.None),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no rule for this kind."),
    };
}
