using KvNode.Commands;
using KvNode.Settings;
using Replication.Errors;

namespace KvNode;

internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        try
        {
            ThreadSettings.Apply();
            return (int)await RunAsync(args);
        }
        catch (Exception e)
        {
            (ExitCode code, string message) = Explain(e);
            await Console.Error.WriteLineAsync($"kvnode: {OneLine(message)}");
            return (int)code;
        }
    }

    private static async Task<ExitCode> RunAsync(string[] args)
    {
        if (args.Length == 0 || args.Any(a => a is "--help" or "-h"))
        {
            HelpText.Write(Console.Out);
            return args.Length == 0 ? ExitCode.BadSetting : ExitCode.Stopped;
        }

        if (args[0] is not ("init" or "run"))
        {
            throw new NodeException(ExitCode.BadSetting, $"{args[0]} is not a command: it is init or run; see --help.");
        }

        NodeSettings settings =
            SettingSources.Read(args[1..], Environment.GetEnvironmentVariables(), AppContext.BaseDirectory);
        return args[0] == "init" ? InitCommand.Execute(settings) : await RunCommand.ExecuteAsync(settings);
    }

    /// <summary>Finds the code and the line that say best what happened.</summary>
    internal static (ExitCode Code, string Message) Explain(Exception error) => error switch
    {
        NodeException e => (e.Code, e.Message),
        DataDirectoryException e => (ExitCode.BadDirectory, e.Message),
        StorageCorruptedException e => (ExitCode.Corrupted, e.Message),
        StorageFailedException e => (ExitCode.StorageFailed, e.Message),
        ArgumentException e => (ExitCode.BadSetting, e.Message),
        _ => (ExitCode.Unexpected, error.ToString()),
    };

    private static string OneLine(string message) =>
        string.Join(
            ' ', message.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
