namespace Replication.Architecture.Tests.Layers;

/// <summary>The code that a simulator steps knows no thread, task, lock, timer, clock or unseeded random.</summary>
public sealed class SteppedCodeTests
{
    private static readonly string[] Stepped =
    [
        "Replication.Primitives", "Replication.Errors", "Replication.Serialization", "Replication.Sessions",
        "Replication.StateMachines", "Replication.Storage", "Replication.Groups", "Replication.Kv", "Replication.Log",
    ];

    /// <summary>
    /// Types in stepped folders that threads of the shell call: the awaitable faces of the stores, and what
    /// guards a few words of memory for them. Everything else of that kind goes to a folder named Shell.
    /// </summary>
    private static readonly string[] ShellTypes =
    [
        "Replication.Kv.KeyValueStore",
        "Replication.Log.ReplicatedLog",
        "Replication.Sessions.ClientSession",
        "Replication.Storage.Engine.Snapshots.SnapshotGate",
        "Replication.Storage.Identity.DataDirectory",
    ];

    private static readonly string[] BannedTypes =
    [
        "System.DateTime", "System.DateTimeOffset", "System.TimeProvider", "System.Diagnostics.Stopwatch",
            "System.Random",
        "System.Security.Cryptography.RandomNumberGenerator", "System.Console", "System.HashCode",
        "System.IO.File", "System.IO.Directory", "System.IO.FileStream", "System.IO.RandomAccess", "System.IO.FileInfo",
        "System.IO.DirectoryInfo",
    ];

    private static readonly string[] BannedMembers =
    [
        "System.Environment.get_TickCount", "System.Environment.get_TickCount64", "System.Guid.NewGuid",
    ];

    [Fact]
    public void Stepped_code_uses_nothing_that_a_simulator_can_not_own()
    {
        using CompiledUses uses = new(typeof(Replication.Errors.ReplicationException).Assembly.Location);
        UsedMember[] stepped = [.. uses.All().Where(IsStepped)];

        Assert.True(
            stepped.Length > 100, $"Only {stepped.Length} uses were found in stepped code: the rule looks at nothing.");
        Repository.AssertNone(
            stepped.Where(IsBanned).Select(u => u.ToString()).Distinct(StringComparer.Ordinal),
            "Stepped code completes through callbacks to its executor and takes time as an argument. Awaiting code "
                + "belongs "
            + "into src/Replication/Hosting or a folder named Shell; files and their system calls into Storage/Files.");
    }

    [Fact]
    public void No_loop_of_stepped_code_or_of_the_core_follows_the_order_of_a_hash_table()
    {
        using CompiledUses package = new(typeof(Replication.Errors.ReplicationException).Assembly.Location);
        using CompiledUses core = new(typeof(Replication.Raft.RaftConfig).Assembly.Location);

        Repository.AssertNone(
            package.All().Where(IsStepped).Concat(core.All()).Where(IsHashOrdered)
                .Select(u => u.ToString()).Distinct(StringComparer.Ordinal),
            "The order of a Dictionary or HashSet is no promise. Loop over a list, an array or a sorted collection.");
    }

    [Theory]
    [InlineData("Replication.Groups", "Replication.Groups.Executor", "System.Threading.Tasks.Task", "", true)]
    [InlineData("Replication.Groups", "Replication.Groups.Executor", "System.Threading.Monitor", "Enter", true)]
    [InlineData("Replication.Groups", "Replication.Groups.Executor", "System.Threading.Timer", ".ctor", true)]
    [InlineData("Replication.Kv", "Replication.Kv.Machine", "System.DateTime", "get_UtcNow", true)]
    [InlineData("Replication.Kv", "Replication.Kv.Machine", "System.Random", ".ctor", true)]
    [InlineData("Replication.Kv", "Replication.Kv.Machine", "System.Guid", "NewGuid", true)]
    [InlineData("Replication.Kv", "Replication.Kv.Machine", "System.Guid", "ToByteArray", false)]
    [InlineData("Replication.Storage.Wal", "Replication.Storage.Wal.Scan", "System.IO.File", "OpenRead", true)]
    [InlineData("Replication.Storage.Files", "Replication.Storage.Files.Real", "System.IO.File", "OpenRead", false)]
    [InlineData(
        "Replication.Groups.Shell", "Replication.Groups.Shell.Client", "System.Threading.Tasks.Task", "", false)]
    [InlineData(
        "Replication.Storage.Files", "Replication.Storage.Files.Memory", "System.Threading.Lock+Scope", "", false)]
    [InlineData("Replication.Storage.Wal", "Replication.Storage.Wal.Scan", "System.Threading.Lock", "EnterScope", true)]
    [InlineData("Replication.Hosting", "Replication.Hosting.Loop", "System.Threading.Tasks.Task", "", false)]
    [InlineData("Replication.Kv", "Replication.Kv.KeyValueStore", "System.Threading.Tasks.ValueTask`1", "", false)]
    public void The_rule_knows_the_shell_from_the_stepped_code(
        string space, string user, string target, string member, bool isViolation)
    {
        UsedMember use = new(space, user, "Call", target[..target.LastIndexOf('.')], target, member);

        Assert.Equal(isViolation, IsStepped(use) && IsBanned(use));
    }

    private static bool IsStepped(UsedMember use) =>
        Stepped.Any(s => use.UserNamespace == s || use.UserNamespace.StartsWith(s + ".", StringComparison.Ordinal))
        && !use.UserNamespace.Split('.').Contains("Shell")
        && !ShellTypes.Contains(use.User);

    private static bool IsBanned(UsedMember use)
    {
        // The file seam and its twins are called by device threads: system calls and short locks are their business.
        bool isFileSystem = use.UserNamespace == "Replication.Storage.Files"
            && (use.TargetNamespace == "System.IO"
                || use.Target.StartsWith("System.Threading.Lock", StringComparison.Ordinal));
        if (isFileSystem)
        {
            return false;
        }

        // Volatile and Interlocked publish and count; nobody waits by them.
        bool isWaitFree = use.Target is "System.Threading.Volatile" or "System.Threading.Interlocked";
        return (use.TargetNamespace.StartsWith("System.Threading", StringComparison.Ordinal) && !isWaitFree)
            || BannedTypes.Contains(use.Target)
            || BannedMembers.Contains(use.Target + "." + use.TargetMember);
    }

    private static bool IsHashOrdered(UsedMember use) =>
        use.TargetMember == "GetEnumerator"
        && (use.Target.StartsWith("System.Collections.Generic.Dictionary`2", StringComparison.Ordinal)
            || use.Target.StartsWith("System.Collections.Generic.HashSet`1", StringComparison.Ordinal)
            || use.Target.StartsWith("System.Collections.Concurrent.", StringComparison.Ordinal));
}
