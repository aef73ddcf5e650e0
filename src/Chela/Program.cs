using Chela;
using Chela.Cli;

using var interrupts = new Interrupts();

// The server's start is on a budget: it is reached without building the other commands or loading what they draw with.
return args is ["gateway", "run", ..] && GatewayRunArguments.TryRead(args.AsSpan(2), out var options)
    ? await GatewayRun.ExecuteAsync(options, interrupts.Token)
    : await CommandLine.InvokeAsync(args, interrupts);
