namespace Chela.Contracts.Events;

/// <summary>The wire languages of the gateway. One registry of methods and one stream of events stand behind all of them.</summary>
public enum Dialect
{
    /// <summary>The OpenClaw gateway protocol, versions 3 and 4, at <c>/</c>.</summary>
    OpenClaw,

    /// <summary>JSON-RPC 2.0 at <c>/rpc</c>.</summary>
    JsonRpc,

    /// <summary><c>{id, method, params}</c> and <c>{event, data}</c> at <c>/plain</c>.</summary>
    Plain,

    /// <summary>Externally tagged messages, as serde writes enumerations, at <c>/session</c>.</summary>
    Session,
}
