using Replication.Storage.Files;

namespace Replication.Testing.Conformance.Engine;

internal static class DiskContent
{
    /// <summary>Gets all files below a directory with their bytes.</summary>
    public static Dictionary<string, string> Of(InMemoryFileSystem disk, string directory = "groups")
    {
        Dictionary<string, string> content = [];
        foreach (string name in disk.List(directory))
        {
            string path = $"{directory}/{name}";
            if (disk.List(path).Count > 0)
            {
                foreach ((string below, string bytes) in Of(disk, path))
                {
                    content.Add(below, bytes);
                }
            }
            else
            {
                using IFile file = disk.Open(path, FileOpenMode.Existing);
                byte[] bytes = new byte[file.Length];
                file.Read(0, bytes);
                content.Add(path, Convert.ToHexString(bytes));
            }
        }

        return content;
    }
}
