using System.Text;
using Microsoft.Extensions.AI;

namespace Chela.Gateway.Agents.Providers.OpenAi;

/// <summary>Puts the calls of tools together from the pieces of a stream.</summary>
/// <param name="errors">Writes the sentence for calls that cannot be.</param>
internal sealed class ToolCallBuilder(ProviderErrors errors)
{
    /// <summary>The most calls of one reply; no honest model makes as many.</summary>
    public const int MostCalls = 128;

    /// <summary>The longest arguments of all calls of one reply together, in characters.</summary>
    public const int LongestArguments = 1024 * 1024;

    private readonly SortedDictionary<int, Call> _calls = [];
    private int _length;

    public bool IsEmpty => _calls.Count == 0;

    /// <summary>Takes in one piece.</summary>
    /// <exception cref="ProviderException">There are too many of them.</exception>
    public void Add(CompletionToolCall piece)
    {
        var index = piece.Index ?? (piece.Id is null && _calls.Count > 0 ? _calls.Keys.Max() : _calls.Count);
        if (!_calls.TryGetValue(index, out var call))
        {
            _calls[index] = call = new Call();
        }

        call.Id ??= piece.Id;
        call.Name ??= piece.Function?.Name;
        call.Arguments.Append(piece.Function?.Arguments);
        _length += piece.Function?.Arguments?.Length ?? 0;
        if (_calls.Count > MostCalls || _length > LongestArguments)
        {
            throw errors.Failed(ProviderErrorKind.Malformed);
        }
    }

    /// <summary>The calls, in the order in which the model made them.</summary>
    /// <exception cref="ProviderException">One of them has no name.</exception>
    public IEnumerable<AIContent> ToContents() => _calls.Values.Select(call => string.IsNullOrEmpty(call.Name)
        ? throw errors.Failed(ProviderErrorKind.Malformed)
        : ToolArguments.Read(call.Id ?? Guid.NewGuid().ToString("N"), call.Name, call.Arguments.ToString()));

    private sealed class Call
    {
        public string? Id { get; set; }

        public string? Name { get; set; }

        public StringBuilder Arguments { get; } = new();
    }
}
