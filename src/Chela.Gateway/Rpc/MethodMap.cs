using System.Text.Json.Serialization.Metadata;
using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Contracts.Events;
using Chela.Gateway.Schema;

namespace Chela.Gateway.Rpc;

/// <summary>A method as its slice writes it.</summary>
internal delegate ValueTask<TResult> Handler<in TParams, TResult>(TParams parameters, CallContext context, CancellationToken ct);

/// <summary>A slice's methods. Every slice that answers calls has one.</summary>
internal interface IMethodModule
{
    /// <summary>Adds the slice's methods to the map.</summary>
    void Map(MethodMap methods);
}

/// <summary>Collects methods at start. A name may stand for itself, be an alias, or have a form of its own in one dialect.</summary>
internal sealed class MethodMap
{
    private readonly Dictionary<string, RpcMethod> _methods = new(StringComparer.Ordinal);
    private readonly Dictionary<(Dialect, string), (RpcMethod Method, string? Unless)> _forms = [];

    public IReadOnlyDictionary<string, RpcMethod> Methods => _methods;

    public IReadOnlyDictionary<(Dialect, string), (RpcMethod Method, string? Unless)> Forms => _forms;

    /// <summary>Adds a method under one or more names; the first is its own, the others are aliases.</summary>
    /// <exception cref="InvalidOperationException">A name is already taken.</exception>
    public void Add(RpcMethod method, params ReadOnlySpan<string> aliases)
    {
        AddName(method.Name, method);
        foreach (var alias in aliases)
        {
            AddName(alias, method);
        }
    }

    /// <summary>
    /// Adds the form that a method has in one dialect, with that dialect's own names for parameters and results.
    /// </summary>
    /// <param name="dialect">Where the form holds.</param>
    /// <param name="method">The form, under the name that clients of the dialect use.</param>
    /// <param name="unless">A parameter that only the common form has: where a call brings it, the common form answers.</param>
    public void AddForm(Dialect dialect, RpcMethod method, string? unless = null)
    {
        if (!_forms.TryAdd((dialect, method.Name), (method, unless)))
        {
            throw new InvalidOperationException($"Two forms of the method {method.Name} in {dialect}.");
        }
    }

    /// <summary>Makes a method of a typed handler: strict reading of parameters, then the call, then the result as it is.</summary>
    public static RpcMethod Method<TParams, TResult>(
        string name,
        OperatorScopes scope,
        JsonTypeInfo<TParams> parameters,
        JsonTypeInfo<TResult> result,
        Handler<TParams, TResult> handler)
    {
        var shape = new JsonShape(parameters);
        return new(name, scope, shape, new JsonShape(result), Invoker(name, shape, parameters, result, handler));
    }

    /// <summary>Makes a method that is not answered when all is well; for dialects whose messages are not all requests.</summary>
    public static RpcMethod SilentMethod<TParams>(
        string name, OperatorScopes scope, JsonTypeInfo<TParams> parameters, Func<TParams, CallContext, CancellationToken, ValueTask> handler)
    {
        var shape = new JsonShape(parameters);
        return new(name, scope, shape, new JsonShape(RpcJson.Default.JsonElement), (bytes, context, ct) => Run(Read(name, bytes, shape, parameters), context, ct));

        async ValueTask<Answer> Run(TParams value, CallContext context, CancellationToken ct)
        {
            await handler(value, context, ct);
            return Answer.Silence;
        }
    }

    private static TParams Read<TParams>(string name, ReadOnlySpan<byte> bytes, JsonShape shape, JsonTypeInfo<TParams> parameters)
    {
        var value = ParameterReader.Read(name, bytes.IsEmpty ? "{}"u8 : bytes, shape, parameters);
        return value ?? throw new RpcException(RpcErrorKind.InvalidParams, $"invalid {name} params: must be object");
    }

    private void AddName(string name, RpcMethod method)
    {
        if (!_methods.TryAdd(name, method))
        {
            throw new InvalidOperationException($"Two methods are called {name}.");
        }
    }

    private static MethodInvoker Invoker<TParams, TResult>(
        string name, JsonShape shape, JsonTypeInfo<TParams> parameters, JsonTypeInfo<TResult> result, Handler<TParams, TResult> handler)
    {
        return (bytes, context, ct) =>
        {
            var pending = handler(Read(name, bytes, shape, parameters), context, ct);
            return pending.IsCompletedSuccessfully ? new(new Answer<TResult>(pending.Result, result)) : Finish(pending);
        };

        async ValueTask<Answer> Finish(ValueTask<TResult> pending) => new Answer<TResult>(await pending, result);
    }
}
