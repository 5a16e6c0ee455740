using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Replication.Architecture.Tests.Docs;

/// <summary>One command builds and tests everything, and each package that is used has its reason written
/// down.</summary>
public sealed partial class SolutionTests
{
    [Fact]
    public void Every_project_but_the_system_tests_is_in_the_solution()
    {
        HashSet<string> listed =
        [
            .. ProjectLine().Matches(Repository.Read("Replication.sln"))
                .Select(m => m.Groups[1].Value.Replace('\\', '/')),
        ];
        string[] there = [.. Repository.Projects];

        Assert.True(there.Length >= 10, $"Only {there.Length} projects were found.");
        Repository.AssertNone(
            there.Where(p => !IsSystemTest(p) && !listed.Contains(p)).Select(p => p + " is not in Replication.sln")
                .Concat(there.Where(p => IsSystemTest(p) && listed.Contains(p))
                    .Select(p => p + " needs a prepared machine and must not be in Replication.sln")),
            "dotnet sln Replication.sln add (or remove) the project; dotnet test Replication.sln runs what is listed.");
        Repository.AssertNone(
            listed.Where(l => !there.Contains(l)), "Replication.sln lists projects that do not exist: remove them.");
    }

    [Fact]
    public void Every_test_project_holds_a_test()
    {
        IEnumerable<string> empty =
            from project in Repository.Projects
            where Repository.Read(project).Contains("Microsoft.NET.Test.Sdk", StringComparison.Ordinal)
            let folder = Path.GetDirectoryName(project)!.Replace('\\', '/') + "/"
            where !Repository.CSharpFiles.Any(f => f.StartsWith(folder, StringComparison.Ordinal)
                && TestAttribute().IsMatch(Repository.Read(f)))
            select project;

        Repository.AssertNone(
            empty, "A test project without a test passes forever. Write the test or remove the project.");
    }

    [Fact]
    public void Every_package_version_has_its_reason_in_the_docs()
    {
        string docs = Repository.Read("docs/dependencies.md");
        string[] packages =
        [
            .. XDocument.Load(Repository.FullPath("Directory.Packages.props")).Descendants("PackageVersion")
                .Select(e => $"{e.Attribute("Include")!.Value} {e.Attribute("Version")!.Value}"),
        ];

        Assert.NotEmpty(packages);
        Repository.AssertNone(
            packages.Where(p => !docs.Contains($"| {p} |", StringComparison.Ordinal)),
            "Give each a row \"| name version | why it is there | what leaving it would cost |\" in "
                + "docs/dependencies.md.");
    }

    [Fact]
    public void Every_row_of_the_docs_is_a_package_that_is_used()
    {
        HashSet<string> packages =
        [
            .. XDocument.Load(Repository.FullPath("Directory.Packages.props")).Descendants("PackageVersion")
                .Select(e => $"{e.Attribute("Include")!.Value} {e.Attribute("Version")!.Value}"),
        ];
        string[] rows =
            [.. PackageRow().Matches(Repository.Read("docs/dependencies.md")).Select(m => m.Groups[1].Value)];

        Assert.NotEmpty(rows);
        Repository.AssertNone(
            rows.Where(r => !packages.Contains(r)), "The docs name a package that is not used: remove the row.");
    }

    private static bool IsSystemTest(string project) => project.StartsWith("tests/system/", StringComparison.Ordinal);

    [GeneratedRegex("\"([^\"]+\\.csproj)\"")]
    private static partial Regex ProjectLine();

    [GeneratedRegex(@"\[(Fact|Theory)\b")]
    private static partial Regex TestAttribute();

    [GeneratedRegex(@"^\| ([\w.]+ \d+\.\d+\.\d+) \|", RegexOptions.Multiline)]
    private static partial Regex PackageRow();
}
