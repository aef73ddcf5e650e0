using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Chela.Contracts.Access;
using Chela.Contracts.Errors;

namespace Chela.Gateway.Rpc;

/// <summary>Parameters of <c>rpc.schema</c>.</summary>
internal sealed record SchemaParams
{
    [Description("One method only.")]
    [MinLength(1)]
    public string? Method { get; init; }
}

/// <summary>A method as <c>rpc.schema</c> describes it.</summary>
/// <param name="Name">The name to call.</param>
internal sealed record MethodSchema(
    string Name, string Summary, IReadOnlyList<string> Scopes, bool Public, JsonElement Params, JsonElement Result)
{
    /// <summary>The method that the name stands for, when it is an alias.</summary>
    public string? AliasOf { get; init; }

    /// <summary>The dialect in which this form holds; absent where it holds in all.</summary>
    public string? Dialect { get; init; }
}

/// <summary>Result of <c>rpc.schema</c>.</summary>
internal sealed record SchemaResult(IReadOnlyList<MethodSchema> Methods);

/// <summary>The registry describing itself.</summary>
internal sealed class SchemaMethods(Lazy<MethodRegistry> registry) : IMethodModule
{
    public void Map(MethodMap methods)
    {
        var json = RpcJson.Default;
        methods.Add(MethodMap.Method("rpc.schema", OperatorScopes.Read, json.SchemaParams, json.SchemaResult, Describe) with
        {
            Summary = "List the methods with the JSON Schema of their parameters and results.",
        });
    }

    private ValueTask<SchemaResult> Describe(SchemaParams parameters, CallContext context, CancellationToken ct)
    {
        MethodSchema[] found =
        [
            .. registry.Value.All()
                .Where(entry => parameters.Method is null || parameters.Method == entry.Name)
                .OrderBy(entry => entry.Name, StringComparer.Ordinal)
                .ThenBy(entry => entry.Dialect)
                .Select(entry => Of(entry.Name, entry.Dialect?.ToString(), entry.Method)),
        ];
        return found.Length > 0 || parameters.Method is null
            ? new(new SchemaResult(found))
            : throw new RpcException(RpcErrorKind.NotFound, $"no method is called {parameters.Method}");
    }

    private static MethodSchema Of(string name, string? dialect, RpcMethod method) => new(
        name, method.Summary, ScopeNames.Of(method.Scope), method.IsPublic, method.Parameters.Schema, method.Result.Schema)
    {
        AliasOf = name == method.Name ? null : method.Name,
        Dialect = dialect,
    };
}
