namespace Chela.Gateway.Bus;

/// <summary>What became of a change that a person asked for.</summary>
internal enum OutboxChange
{
    Done,

    /// <summary>No message of this id waits or was given up.</summary>
    Unknown,

    /// <summary>It was not given up: it is tried again anyway.</summary>
    NotFailed,

    /// <summary>The disk refused; nothing has changed.</summary>
    NotWritten,
}
