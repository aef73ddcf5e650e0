using Microsoft.Extensions.AI;

namespace Chela.Gateway.Agents.Providers.OpenAi.Responses;

/// <summary>Turns a conversation into a request for a response. What it cannot hold is refused, never silently dropped.</summary>
internal static class ResponsesConversation
{
    public static ResponsesRequest ToRequest(string model, IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        if (options?.StopSequences is { Count: > 0 })
        {
            throw new NotSupportedException("Responses have no stop sequences.");
        }

        // What comes before the conversation is told apart from it; the server holds to it more than to a message.
        ChatMessage[] all = [.. messages];
        ChatMessage[] before = [.. all.TakeWhile(message => message.Role == ChatRole.System)];
        var instructions = string.Join("\n\n", before.Select(message => message.Text).Prepend(options?.Instructions).Where(text => !string.IsNullOrEmpty(text)));
        return new ResponsesRequest(options?.ModelId ?? model, [.. all.Skip(before.Length).SelectMany(Convert)])
        {
            Instructions = instructions.Length == 0 ? null : instructions,
            Temperature = options?.Temperature,
            TopP = options?.TopP,
            MaxOutputTokens = options?.MaxOutputTokens,
            Tools = options?.Tools is { Count: > 0 } tools ? [.. tools.Select(Convert)] : null,
            ToolChoice = options?.ToolMode is NoneChatToolMode ? "none" : null,
            Reasoning = ReasoningEfforts.Word(options) is { } effort ? new ResponsesReasoning(effort) : null,
        };
    }

    private static ResponsesTool Convert(AITool tool) => tool is AIFunctionDeclaration function
        ? new ResponsesTool("function", function.Name, function.Description, function.JsonSchema, Strict: false)
        : throw new NotSupportedException($"This client offers models functions only, not {tool.GetType().Name}.");

    private static IEnumerable<ResponsesInput> Convert(ChatMessage message)
    {
        OpenAiRequest.Check(message);
        return message.Role == ChatRole.Tool ? message.Contents.OfType<FunctionResultContent>().Select(Result)
            : message.Role == ChatRole.Assistant ? [.. Said("assistant", message), .. message.Contents.OfType<FunctionCallContent>().Select(Call)]
            : message.Role == ChatRole.User ? Said("user", message)
            : message.Role == ChatRole.System ? Said("system", message)
            : throw new NotSupportedException("This client sends messages of user, assistant, system and tools only.");
    }

    private static IEnumerable<ResponsesInput> Said(string role, ChatMessage message)
    {
        var said = OpenAiRequest.Said(message);
        return said.Length == 0 ? [] : [new ResponsesInput("message") { Role = role, Content = new RequestContent(said) }];
    }

    private static ResponsesInput Call(FunctionCallContent call) =>
        new("function_call") { CallId = call.CallId, Name = call.Name, Arguments = ToolArguments.Write(call.Arguments) };

    private static ResponsesInput Result(FunctionResultContent result) =>
        new("function_call_output") { CallId = result.CallId, Output = result.Result as string ?? "" };
}
