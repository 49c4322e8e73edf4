#include "plugins/deploy/appspec/action.hpp"

namespace {

constexpr const char* kSchema = R"json({
  "type": "object",
  "properties": {
    "applicationName": {"type": "string", "x-aliases": ["ApplicationName"],
      "description": "Application; default: the pipeline's name."},
    "deploymentGroupName": {"type": "string", "x-aliases": ["DeploymentGroupName"],
      "description": "Deployment group; each group of an application knows its own installed files. Default: stage and action."},
    "deploymentGroupId": {"type": "string", "x-aliases": ["DeploymentGroupId"],
      "description": "Name of the group's folder below the deployment root; default: application~group."},
    "deploymentId": {"type": "string", "x-aliases": ["DeploymentId"],
      "description": "Id of this deployment; default: a new one, such as d-4F8K2M9QX."},
    "fileExistsBehavior": {"type": "string", "x-aliases": ["FileExistsBehavior"],
      "description": "DISALLOW (default), OVERWRITE or RETAIN files that this group did not install; file_exists_behavior in the AppSpec wins."},
    "ignoreApplicationStopFailures": {"type": "boolean", "x-aliases": ["IgnoreApplicationStopFailures"], "default": "false",
      "description": "Go on when ApplicationStop, BeforeBlockTraffic or AfterBlockTraffic fails."},
    "appspec": {"type": "string", "x-aliases": ["AppSpecFilename", "appSpecFilename"], "default": "appspec.yml",
      "description": "The AppSpec file, a path in the revision."},
    "bundleType": {"type": "string", "x-aliases": ["BundleType"],
      "description": "directory, tar, tgz or zip; default: the input artifact itself, or the one archive that it is."},
    "bundle": {"type": "string", "x-aliases": ["Bundle"],
      "description": "The archive's path in the input artifact."},
    "events": {"type": "string", "x-aliases": ["Events"],
      "description": "Lifecycle events to run, separated by commas; default: all."},
    "deploymentRoot": {"type": "string", "x-aliases": ["DeploymentRoot"],
      "description": "Folder for revisions, logs and cleanup lists; default: below the state directory."},
    "root": {"type": "string",
      "description": "Folder put before every destination and permission object, for rehearsals; default: none."},
    "revisionType": {"type": "string", "x-aliases": ["RevisionType"],
      "description": "GitHub gives scripts BUNDLE_COMMIT; others add nothing."},
    "deploymentCreator": {"type": "string", "x-aliases": ["DeploymentCreator"], "default": "user",
      "description": "codeDeployRollback with deploymentType BLUE_GREEN changes whose traffic scripts run."},
    "deploymentType": {"type": "string", "x-aliases": ["DeploymentType"], "default": "IN_PLACE",
      "description": "IN_PLACE or BLUE_GREEN; see deploymentCreator."},
    "maxRevisions": {"type": "integer", "x-aliases": ["MaxRevisions"], "default": "5",
      "description": "Revisions kept on the host, this one counted."}
  },
  "additionalProperties": false
})json";

constexpr const char* kOutputVariables[] = {"DeploymentId", nullptr};

}  // namespace

SLUICE_PLUGIN("deploy-appspec", "1.0.0", "Deploys a revision to this host as its appspec.yml says",
              SLUICE_ACTION(sluice::appspec::deploy_appspec, .category = SLUICE_CATEGORY_DEPLOY,
                            .provider = "Appspec", .version = "1", .uses = "deploy/appspec",
                            .summary = "Copies files, sets permissions and runs lifecycle scripts "
                                       "in place, as the CodeDeploy agent does",
                            .configuration_schema = kSchema, .min_inputs = 1, .max_inputs = 1,
                            .min_outputs = 0, .max_outputs = 0,
                            .output_variables = kOutputVariables,
                            .flags = SLUICE_ACTION_LEAVES_PROCESSES))
