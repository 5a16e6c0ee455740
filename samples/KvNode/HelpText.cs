using KvNode.Settings;

namespace KvNode;

/// <summary>What <c>--help</c> prints; made from the table of settings, so that it can't miss one.</summary>
internal static class HelpText
{
    public static void Write(TextWriter output)
    {
        output.WriteLine("""
            kvnode init [options]   makes an empty directory the data directory of a node; once in its life
            kvnode run [options]    runs the node until SIGTERM or SIGINT

            Settings come from kvnode.json beside the program, --config FILE,
                the environment and the command line; later ones win.
            --node-id 1 on the command line is Replication:NodeId in a file and REPLICATION__NODEID in the environment;
            --peer 2=ADDRESS is Replication:Peer:2 and REPLICATION__PEER__2.

            """);
        foreach (Setting setting in SettingTable.All)
        {
            output.WriteLine($"  {setting.Option + " " + setting.Form,-46} {setting.Description}");
        }

        output.WriteLine();
        output.WriteLine("Exit codes:");
        foreach (ExitCode code in Enum.GetValues<ExitCode>())
        {
            output.WriteLine($"  {(int)code}  {Meaning(code)}");
        }
    }

    private static string Meaning(ExitCode code) => code switch
    {
        ExitCode.Stopped => "stopped because it was asked to",
        ExitCode.Unexpected => "an error that no other code names",
        ExitCode.BadSetting => "a command, option or setting is missing, unknown or out of bounds",
        ExitCode.BadDirectory => "the data directory is not initialized, in use, or of another node or cluster",
        ExitCode.BadCertificate => "a certificate, key or authority file can't be read or doesn't fit",
        ExitCode.BadAddress => "the listen address can't be bound",
        ExitCode.Corrupted => "a file in the data directory is damaged",
        ExitCode.StorageFailed => "a disk error stopped the node",
        ExitCode.StopTimedOut => "asked to stop, but not done within 10 s",
        _ => throw new ArgumentOutOfRangeException(nameof(code)),
    };
}
