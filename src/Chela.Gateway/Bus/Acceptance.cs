namespace Chela.Gateway.Bus;

/// <summary>What the inbox says of a message.</summary>
internal enum Acceptance
{
    /// <summary>It is new, and on disk.</summary>
    New,

    /// <summary>It came before and its run has not ended.</summary>
    InFlight,

    /// <summary>It came before and its run has ended.</summary>
    Finished,

    /// <summary>Another message came under the same run id.</summary>
    Conflict,
}
