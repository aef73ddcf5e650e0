using Chela.Contracts.Errors;

namespace Chela.Gateway.Rpc;

/// <summary>How a call ended: with an answer or with an error.</summary>
internal readonly record struct Outcome(Answer? Answer, RpcError? Error)
{
    public static implicit operator Outcome(Answer answer) => new(answer, null);

    public static implicit operator Outcome(RpcError error) => new(null, error);
}
