using System.Xml.Linq;

namespace Replication.Architecture.Tests.Layers;

/// <summary>Which project may refer to which: arrows go down only, siblings don't see each other.</summary>
public sealed class ProjectLayerTests
{
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Replication.Raft"] = [],
        ["Replication"] = ["Replication.Raft"],
        ["Replication.Faster"] = ["Replication", "Replication.Raft"],
        ["Replication.Grpc"] = ["Replication", "Replication.Raft"],
        ["Replication.Testing"] = ["Replication", "Replication.Raft"],
    };

    [Fact]
    public void Packages_refer_to_packages_below_them_only()
    {
        List<string> violations = [];
        foreach (string project in Repository.Projects.Where(IsPackage))
        {
            string name = Path.GetFileNameWithoutExtension(project);
            if (!Allowed.TryGetValue(name, out string[]? allowed))
            {
                violations.Add($"{project} is not in the table of packages of this test.");
                continue;
            }

            violations.AddRange(Violations(name, XDocument.Load(Repository.FullPath(project)), allowed));
        }

        Repository.AssertNone(
            violations, "Move the code to where the arrow may point from, or put an interface in the lower package.");
        Assert.Equal(Allowed.Count, Repository.Projects.Count(IsPackage));
    }

    [Fact]
    public void A_sibling_reference_would_be_found()
    {
        XDocument planted = XDocument.Parse(
            """<Project><ProjectReference Include="..\Replication.Grpc\Replication.Grpc.csproj" /></Project>""");

        Assert.Single(Violations("Replication.Faster", planted, Allowed["Replication.Faster"]));
    }

    [Fact]
    public void The_core_depends_on_nothing()
    {
        XDocument project = XDocument.Load(Repository.FullPath("src/Replication.Raft/Replication.Raft.csproj"));
        string[] dependencies =
        [
            .. project.Descendants("PackageReference").Where(e => e.Attribute("PrivateAssets")?.Value != "all")
                .Concat(project.Descendants("FrameworkReference"))
                .Concat(project.Descendants("ProjectReference"))
                .Select(e => e.Attribute("Include")!.Value),
        ];

        Repository.AssertNone(
            dependencies, "The core has no dependency that ships. What needs one belongs into Replication.");
    }

    [Fact]
    public void Samples_and_the_jepsen_harness_see_the_public_surface_only()
    {
        HashSet<string> outside =
        [
            .. Repository.Projects.Where(p => p.StartsWith("samples/", StringComparison.Ordinal)
                    || p.StartsWith("jepsen/", StringComparison.Ordinal))
                .Select(p => Path.GetFileNameWithoutExtension(p)!),
        ];
        IEnumerable<string> violations =
            from project in Repository.Projects.Where(IsPackage)
            from grant in XDocument.Load(Repository.FullPath(project)).Descendants("InternalsVisibleTo")
            where outside.Contains(grant.Attribute("Include")!.Value)
            select $"{project} opens its internals to {grant.Attribute("Include")!.Value}.";

        Repository.AssertNone(violations, "A sample shows what users can do. Make the member public or do without it.");
    }

    private static bool IsPackage(string project) => project.StartsWith("src/", StringComparison.Ordinal);

    private static IEnumerable<string> Violations(string name, XDocument project, string[] allowed) =>
        from reference in project.Descendants("ProjectReference")
        let target = Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/'))
        where !allowed.Contains(target)
        select $"{name} refers to {target}.";
}
