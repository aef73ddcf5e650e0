using System.Collections.Frozen;
using System.Text.Json;
using Chela.Contracts.Events;

namespace Chela.Gateway.Rpc;

/// <summary>Every method that this gateway answers. Filled once at start; two methods of one name stop the start.</summary>
internal sealed class MethodRegistry
{
    private readonly FrozenDictionary<string, RpcMethod> _methods;
    private readonly FrozenDictionary<(Dialect, string), (RpcMethod Method, string? Unless)> _forms;

    public MethodRegistry(IEnumerable<IMethodModule> modules)
    {
        var map = new MethodMap();
        foreach (var module in modules)
        {
            module.Map(map);
        }

        _methods = map.Methods.ToFrozenDictionary(StringComparer.Ordinal);
        _forms = map.Forms.ToFrozenDictionary();
        Names = [.. _methods.Keys.Order(StringComparer.Ordinal)];
        Advertised = [.. Names.Where(name => !_methods[name].IsHidden)];
    }

    /// <summary>All names, aliases included, in alphabetical order.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Those of them that clients are told of when they connect.</summary>
    public IReadOnlyList<string> Advertised { get; }

    /// <summary>The method that a call means; null when there is none.</summary>
    /// <param name="dialect">The language of the caller, which may have a form of its own.</param>
    /// <param name="name">The name in the call.</param>
    /// <param name="parameters">The call's parameters, looked at only where two forms share a name.</param>
    public RpcMethod? Find(Dialect dialect, string name, ReadOnlySpan<byte> parameters)
    {
        if (_forms.TryGetValue((dialect, name), out var form) && !(form.Unless is { } member && HasMember(parameters, member)))
        {
            return form.Method;
        }

        return _methods.GetValueOrDefault(name);
    }

    /// <summary>Every method with the dialect that it is a form of; null for the common form.</summary>
    public IEnumerable<(Dialect? Dialect, string Name, RpcMethod Method)> All() =>
    [
        .. _methods.Select(pair => ((Dialect?)null, pair.Key, pair.Value)),
        .. _forms.Select(pair => ((Dialect?)pair.Key.Item1, pair.Key.Item2, pair.Value.Method)),
    ];

    private static bool HasMember(ReadOnlySpan<byte> json, string member)
    {
        var reader = new Utf8JsonReader(json);
        if (json.IsEmpty || !reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals(member))
            {
                return true;
            }

            reader.Skip();
        }

        return false;
    }
}
