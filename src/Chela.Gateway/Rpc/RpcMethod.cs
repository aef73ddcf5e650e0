using Chela.Contracts.Access;
using Chela.Gateway.Schema;

namespace Chela.Gateway.Rpc;

/// <summary>Reads the parameters and runs the method. Parameters are read before the first await: their memory is reused after it.</summary>
internal delegate ValueTask<Answer> MethodInvoker(ReadOnlySpan<byte> parameters, CallContext context, CancellationToken ct);

/// <summary>One entry of the registry: a method with its scope and the shapes of its parameters and result.</summary>
/// <param name="Name">The name to call.</param>
/// <param name="Scope">The scope that a caller needs.</param>
/// <param name="Parameters">What the parameters must look like.</param>
/// <param name="Result">What the result looks like.</param>
/// <param name="Invoke">Runs the method.</param>
internal sealed record RpcMethod(string Name, OperatorScopes Scope, JsonShape Parameters, JsonShape Result, MethodInvoker Invoke)
{
    /// <summary>One sentence for people, shown by <c>rpc.schema</c>.</summary>
    public string Summary { get; init; } = "";

    /// <summary>True for the methods that answer before a login.</summary>
    public bool IsPublic { get; init; }

    /// <summary>By which limit its calls are counted.</summary>
    public CallCost Cost { get; init; } = CallCost.Free;

    /// <summary>True for the methods that work, but are not in the list that clients get when they connect.</summary>
    public bool IsHidden { get; init; }

    /// <summary>True for methods whose calls stand in the audit: those that need more than reading and writing, unless they only look.</summary>
    public bool IsAudited { get; init; } = (Scope & (OperatorScopes.Admin | OperatorScopes.Pairing | OperatorScopes.Approvals)) != 0;

    /// <summary>How long a call may take; null for methods that end at once, or wait for a run, which has a limit of its own.</summary>
    public TimeSpan? Deadline { get; init; }
}
