using System.Text.RegularExpressions;

namespace Replication.Architecture.Tests.Layers;

/// <summary>Who may use whom between the folders of the package Replication, and that folders are namespaces.</summary>
public sealed partial class FolderLayerTests
{
    private static readonly string[] Leaves =
        ["Replication.Primitives", "Replication.Errors", "Replication.Serialization", "Replication.Diagnostics"];

    private static readonly string[] Seams =
        [.. Leaves, "Replication.Sessions", "Replication.StateMachines", "Replication.Storage",
            "Replication.Transport"];

    private static readonly string[] Groups = [.. Seams, "Replication.Groups"];

    /// <summary>For each folder the namespaces or types it may use besides itself and Replication.Raft.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Replication.Primitives"] = ["Replication.Serialization"],
        ["Replication.Errors"] = ["Replication.Primitives"],
        ["Replication.Serialization"] = [],
        ["Replication.Diagnostics"] = ["Replication.Primitives"],
        ["Replication.Sessions"] = Leaves,
        ["Replication.StateMachines"] = [.. Leaves, "Replication.Sessions"],
        ["Replication.Storage"] = [.. Leaves, "Replication.Sessions", "Replication.StateMachines"],
        ["Replication.Transport"] = [.. Leaves, "Replication.Sessions", "Replication.Storage.Identity"],
        ["Replication.Groups"] = Seams,
        ["Replication.Kv"] = Groups,
        ["Replication.Log"] = [.. Groups, "Replication.Kv.ReadConsistency", "Replication.Kv.ReadLevel"],
        ["Replication.Hosting"] = [.. Groups, "Replication.Kv", "Replication.Log"],
    };

    [Fact]
    public void Folders_use_folders_below_them_only()
    {
        using CompiledUses uses = new(typeof(Replication.Errors.ReplicationException).Assembly.Location);
        UsedMember[] all = [.. uses.All().Where(u => InPackage(u.UserNamespace))];

        Assert.True(all.Length > 100, $"Only {all.Length} uses were found in the package: the rule looks at nothing.");
        Repository.AssertNone(
            all.Select(Violation).OfType<string>().Distinct(StringComparer.Ordinal),
            "Arrows go down only: Hosting → Kv, Log → Groups → Storage, Transport, StateMachines → Sessions → leaves. "
            + "Move the type down, or hand the lower folder an interface. A new folder gets its line in the table "
                + "here.");
    }

    [Theory]
    [InlineData("Replication.Storage.Wal", "Replication.Groups.GroupStatus", false)]
    [InlineData("Replication.Groups", "Replication.Kv.KeyValueStore", false)]
    [InlineData("Replication.Log", "Replication.Kv.KeyValueStore", false)]
    [InlineData("Replication.Log", "Replication.Kv.ReadConsistency", true)]
    [InlineData("Replication.Transport", "Replication.Storage.Wal.WalBatch", false)]
    [InlineData("Replication.Kv", "Replication.Hosting.ReplicaHost", false)]
    [InlineData("Replication.Hosting", "Replication.Kv.KeyValueStore", true)]
    [InlineData("Replication.NewFolder", "Replication.Errors.ReplicationException", false)]
    public void The_rule_knows_up_from_down(string from, string to, bool isAllowed)
    {
        UsedMember use = new(from, from + ".Some", "Call", to[..to.LastIndexOf('.')], to, "");

        Assert.Equal(isAllowed, Violation(use) is null);
    }

    [Fact]
    public void Only_Hosting_knows_dependency_injection()
    {
        using CompiledUses uses = new(typeof(Replication.Errors.ReplicationException).Assembly.Location);

        Repository.AssertNone(
            uses.All()
                .Where(u => u.UserNamespace != "Replication.Hosting"
                    && (u.TargetNamespace.StartsWith(
                        "Microsoft.Extensions.DependencyInjection", StringComparison.Ordinal)
                        || u.TargetNamespace.StartsWith("Microsoft.Extensions.Hosting", StringComparison.Ordinal)
                        || u.TargetNamespace.StartsWith("Microsoft.Extensions.Options", StringComparison.Ordinal)))
                .Select(u => u.ToString()).Distinct(StringComparer.Ordinal),
            "Take what is needed as a constructor argument; registration belongs into src/Replication/Hosting.");
    }

    [Fact]
    public void Namespaces_are_folders()
    {
        IEnumerable<string> violations =
            from file in Repository.CSharpFiles
            where file.StartsWith("src/", StringComparison.Ordinal)
            let match = NamespaceLine().Match(Repository.Read(file))
            where match.Success
            let expected = Path.GetDirectoryName(file)!.Replace('\\', '/')["src/".Length..].Replace('/', '.')
            where match.Groups[1].Value != expected
            select $"{file} is in namespace {match.Groups[1].Value}, its folder says {expected}.";

        Repository.AssertNone(violations, "Move the file or rename its namespace.");
    }

    private static bool InPackage(string space) =>
        space == "Replication" || space.StartsWith("Replication.", StringComparison.Ordinal);

    private static string? Violation(UsedMember use)
    {
        if (!InPackage(use.TargetNamespace) || Within(use.TargetNamespace, "Replication.Raft"))
        {
            return null;
        }

        string folder = TopFolder(use.UserNamespace);
        if (!Allowed.TryGetValue(folder, out string[]? allowed))
        {
            return $"{use.User}: the folder {folder} has no line in the table of this test.";
        }

        bool isFine = Within(use.Target, folder) || allowed.Any(a => Within(use.Target, a));
        return isFine ? null : use.ToString();
    }

    private static string TopFolder(string space)
    {
        string[] parts = space.Split('.');
        return parts.Length < 2 ? space : parts[0] + "." + parts[1];
    }

    private static bool Within(string name, string prefix) =>
        name == prefix || name.StartsWith(prefix + ".", StringComparison.Ordinal);

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();
}
